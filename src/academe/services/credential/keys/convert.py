"""Issuers and keys between messages and values."""

from __future__ import annotations

from academe.api.credential.v1 import issuer_pb2 as pb
from academe.etags import etag
from academe.rpc.convert import timestamp
from academe.services.credential.keys.model import Issuer, IssuerChange, IssuerKey, PublishedDocument


def fields_of(request: pb.CreateIssuerRequest | pb.UpdateIssuerRequest) -> IssuerChange:
    return IssuerChange(
        name=request.name,
        uri=request.uri,
        email=request.email,
        logo=request.brand.logo,
        primary_color=request.brand.primary_color,
        accent_color=request.brand.accent_color,
    )


def issuer_message(issuer: Issuer) -> pb.Issuer:
    return pb.Issuer(
        issuer_id=str(issuer.issuer_id),
        slug=issuer.slug,
        did=issuer.did,
        name=issuer.name,
        uri=issuer.uri,
        email=issuer.email,
        brand=pb.IssuerBrand(
            logo=issuer.logo, primary_color=issuer.primary_color, accent_color=issuer.accent_color
        ),
        create_time=timestamp(issuer.create_time),
        etag=etag(issuer.version),
    )


def key_message(issuer: Issuer, key: IssuerKey) -> pb.IssuerKey:
    """The public half; of the private one no message knows."""
    return pb.IssuerKey(
        verification_method=issuer.method(key.number),
        issuer_id=str(key.issuer_id),
        number=key.number,
        use=pb.IssuerKeyUse.Name(key.use),
        state=pb.IssuerKeyState.Name(key.state),
        public_key_multibase=key.multibase,
        create_time=timestamp(key.create_time),
        retire_time=timestamp(key.retire_time),
        compromise_time=timestamp(key.compromise_time),
    )


def document_message(published: PublishedDocument) -> pb.IssuerDocument:
    return pb.IssuerDocument(document=published.document, uri=published.uri)
