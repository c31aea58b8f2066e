"""The Django project in which django-helpdesk is measured; imported only in its own environment."""
