# ruleid: common-bidirectional-characters
access = "user‮ admin"
# ok: common-bidirectional-characters
access = "user admin"
# ok: common-bidirectional-characters
access = "Größe, שלום"
# ruleid: common-access-token
key = "AKIAIOSFODNN7EXAMPLE"
# ok: common-access-token
key = "AKIA-of-the-account"
# ok: common-access-token
header = "-----BEGIN PRIVATE KEY-----"
