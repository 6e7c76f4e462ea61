"""A SARIF file as another tool could write it, in which every part that is read stands once."""

REFERENCE = {"id": "79", "index": 0, "toolComponent": {"name": "CWE", "index": 0}}
PLACE = {
    "physicalLocation": {
        "artifactLocation": {"uri": "src/a.py", "uriBaseId": "ROOT", "index": 0},
        "region": {"startLine": 1, "endLine": 2, "startColumn": 3, "endColumn": 4},
    },
    "logicalLocations": [{"fullyQualifiedName": "a.b", "name": "b"}],
    "message": {"text": "here", "id": "m", "arguments": ["x"]},
}
RULE = {
    "id": "R1",
    "name": "Rule",
    "shortDescription": {"text": "Title"},
    "messageStrings": {"m": {"text": "{0}"}},
    "defaultConfiguration": {"level": "error"},
    "relationships": [{"target": REFERENCE}],
    "properties": {"tags": ["CWE-1"], "security-severity": "5.0", "precision": "high", "cwe": ["CWE-2"]},
}
RESULT = {
    "ruleId": "R1",
    "ruleIndex": 0,
    "rule": REFERENCE,
    "kind": "fail",
    "level": "error",
    "message": {"id": "m", "arguments": ["x"]},
    "locations": [PLACE],
    "relatedLocations": [PLACE],
    "partialFingerprints": {"primaryLocationLineHash": "abc:1"},
    "suppressions": [{"status": "accepted"}],
    "taxa": [REFERENCE],
    "fixes": [{"description": {"text": "Do."}}],
    "properties": {"tags": ["x"], "security-severity": 3},
}
NOTE = {"level": "error", "message": {"text": "oops"}}
DOCUMENT = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {"driver": {"name": "Other", "rules": [RULE]}, "extensions": [{"name": "Pack", "rules": [RULE]}]},
            "results": [RESULT],
            "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": [NOTE]}],
            "artifacts": [{"location": {"uri": "b.py"}}],
            "originalUriBaseIds": {"ROOT": {"uri": "file:///r/"}},
            "taxonomies": [{"name": "CWE", "taxa": [{"id": "1"}]}],
        }
    ],
}
