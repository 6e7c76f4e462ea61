import lxml
import lxml.etree
import xml.dom.minidom
import xml.etree.ElementTree as ET
import xml.sax
import xml.sax.handler

# ruleid: python-xmlrpc
import xmlrpc.client

# ok: python-xmlrpc
import http.client


def parse(path, tree, name):
    # ruleid: python-xml-stdlib-parse
    ET.parse(path)
    # ruleid: python-xml-stdlib-parse
    xml.dom.minidom.parseString(path)
    # ok: python-xml-stdlib-parse
    ET.fromstring("<a/>")
    # ok: python-xml-stdlib-parse
    ET.tostring(tree)
    # ruleid: python-lxml-unsafe-parser
    lxml.etree.XMLParser(resolve_entities=True)
    # ok: python-lxml-unsafe-parser
    lxml.etree.XMLParser(resolve_entities=False)
    # ruleid: python-xml-stdlib-parse
    parser = xml.sax.make_parser()
    # ruleid: python-sax-external-entities
    parser.setFeature(xml.sax.handler.feature_external_ges, True)
    # ok: python-sax-external-entities
    parser.setFeature(xml.sax.handler.feature_external_ges, False)
    # ruleid: python-xpath-built
    tree.xpath("//user[@name='" + name + "']")
    # ok: python-xpath-built
    tree.xpath("//user[@name=$name]", name=name)
