"""The mart: versions of tables; a load adds one whole or not at all, and a reader stays on one."""

from helpers.data.mart.reader import Mart as Mart
