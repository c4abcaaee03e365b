"""The `url` tag of every template, quick for the address of one thing: lists write hundreds of them."""

import uuid

from django import template
from django.template.base import FilterExpression, Parser, Token, Variable
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as parsed_url

from incisor.kernel.addresses import address_of

register = template.Library()


class QuickURLNode(URLNode):
    """As Django's, but the pattern of a name is looked up once, not once a row."""

    def render(self, context: Context) -> str:
        name = _literal(self.view_name)
        if name is None or len(self.args) != 1 or self.kwargs:
            return super().render(context)
        value = self.args[0].resolve(context)
        if not isinstance(value, uuid.UUID):
            return super().render(context)
        address = address_of(name, value)
        if self.asvar:
            context[self.asvar] = address
            return ""
        return address


def _literal(expression: FilterExpression) -> str | None:
    is_plain = not isinstance(expression.var, Variable) and not expression.filters
    return str(expression.var) if is_plain else None


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    node = parsed_url(parser, token)
    return QuickURLNode(node.view_name, node.args, node.kwargs, node.asvar)
