"""Regressions by formula: named doors to statsmodels with our checks and words.

In R: `linear` lm, `logistic`, `probit` and `glm` glm and MASS::glm.nb, `errors` sandwich's vcovHC and vcovCL, `gls`
nlme::gls with corARMA, `mixed` lme4::lmer.
"""

from helpers.stats.models.generalised import Family, glm, linear, logistic, probit
from helpers.stats.models.likelihood import gls, mixed
from helpers.stats.models.reading import Regression
from helpers.stats.models.scoring import Errors
