"""Credentials baked into SVG pictures: an element of another namespace, which draws nothing.

Source: https://www.imsglobal.org/spec/ob/v3p0#svg. A token stands in the attribute `verify`, a document as
text in CDATA, where it needs no escapes.
"""

from __future__ import annotations

from typing import Literal

from lxml import etree

from academe.services.credential.standards.errors import Malformed
from academe.services.credential.standards.jose import TOKEN_MAX
from academe.xml import guarded_parser

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
IMAGE_MAX = 8_388_608
"""Bytes of a picture."""

_TAG = f"{{{NAMESPACE}}}credential"
_SVG = "{http://www.w3.org/2000/svg}svg"


def bake(image: bytes, credential: bytes, form: Literal["json", "jwt"]) -> bytes:
    """The picture with `credential` in it instead of one that was there. Raises Malformed if it is no SVG."""
    root = _parse(image)
    for before in list(root.iter(_TAG)):
        _remove(before)
    element = etree.Element(_TAG, nsmap={"openbadges": NAMESPACE})
    if form == "jwt":
        element.set("verify", credential.decode("ascii"))
    else:
        element.text = etree.CDATA(credential.decode())
    root.insert(0, element)
    baked = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    if unbake(baked) != credential:  # characters that XML has no place for
        raise Malformed("", "The credential cannot be written into XML.", "baked")
    return baked


def unbake(image: bytes) -> bytes:
    """The credential in a picture, a document or a token. Raises Malformed, also if there are two of them."""
    found = list(_parse(image).iter(_TAG))
    if len(found) != 1:
        raise Malformed("", f"The picture has {len(found)} credentials in it instead of one.", "baked")
    token, text = found[0].get("verify"), found[0].text
    if len(found[0]) or (token is not None and text is not None and text.strip()):
        raise Malformed("", "The picture has a credential in two forms.", "baked")
    credential = (token if token is not None else (text or "").strip()).encode()
    if not credential or len(credential) > TOKEN_MAX:
        raise Malformed("", "The credential in the picture is empty or too large.", "baked")
    return credential


def _parse(image: bytes) -> etree._Element:
    """The picture, without what XML can refer to: no entities, no files, nothing of the network."""
    if len(image) > IMAGE_MAX:
        raise Malformed("", f"The picture has more than {IMAGE_MAX} bytes.", "not_svg")
    try:
        root = etree.fromstring(image, guarded_parser())
    except etree.XMLSyntaxError:
        raise Malformed("", "The picture is not XML.", "not_svg") from None
    if root.tag != _SVG or root.getroottree().docinfo.internalDTD is not None:
        raise Malformed("", "The picture is no SVG, or declares its own kind of document.", "not_svg")
    return root


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
