#!/bin/bash
# ruleid: bash-eval-dynamic
eval "$command"
# ok: bash-eval-dynamic
"${args[@]}"
# ruleid: bash-download-piped-to-shell
curl -fsSL https://example.com/install.sh | bash
# ok: bash-download-piped-to-shell
curl -fsSL https://example.com/list.txt | sort
# ruleid: bash-certificate-check-off
curl -k https://example.com/
# ok: bash-certificate-check-off
curl https://example.com/
# ruleid: bash-permissive-mode
chmod 777 /srv/data
# ok: bash-permissive-mode
chmod 750 /srv/data
