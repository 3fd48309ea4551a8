"""A peer: Django REST framework, with a serializer for the answer."""

from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.api_peers.rows import page_of


class AthleteSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class MarkSerializer(serializers.Serializer):
    words = serializers.CharField()
    celebrate = serializers.BooleanField()


class EntrySerializer(serializers.Serializer):
    id = serializers.IntegerField()
    seq = serializers.IntegerField()
    kind = serializers.CharField()
    at = serializers.CharField()
    athlete = AthleteSerializer(allow_null=True)
    text = serializers.CharField()
    data = serializers.DictField()
    cheers = serializers.IntegerField()
    cheered = serializers.BooleanField()
    title = serializers.CharField(required=False)
    says = serializers.CharField(required=False)
    marks = MarkSerializer(many=True, required=False)
    folded = serializers.CharField(required=False)


class PageSerializer(serializers.Serializer):
    items = EntrySerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    epoch = serializers.CharField()
    seq = serializers.IntegerField()
    complete = serializers.BooleanField()


class Entries(APIView):
    permission_classes = [IsAuthenticated]
    renderer_classes = [JSONRenderer]

    def get(self, request: Request, slug: str) -> Response:
        return Response(PageSerializer(page_of(request, slug)).data)
