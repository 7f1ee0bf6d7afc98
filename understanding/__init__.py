"""What one visitor message means. Standard library and PyYAML only, unless a module says that it needs Rasa."""
