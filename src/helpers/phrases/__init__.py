"""The phrase book: words of reports that depend on no case, one YAML file a topic; a project's own go before them."""

from helpers.phrases.book import OWN, bulleted, in_words, known_phrases, own_phrases, phrase, phrases

__all__ = ["OWN", "bulleted", "in_words", "known_phrases", "own_phrases", "phrase", "phrases"]
