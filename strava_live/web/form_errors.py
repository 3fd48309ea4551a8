"""The template filter `problems`: how many sentences the list of a form's errors has."""

from django import forms, template

register = template.Library()


@register.filter
def problems(form: forms.BaseForm) -> int:
    return sum(len(sentences) for sentences in form.errors.values())
