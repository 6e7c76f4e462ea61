"""Rates every check of an installed Checkov and writes `severity.json`. Not part of a scan: run it when the pin moves.

    python scanners/checkov/rate.py PATH/OF/checkov

The scale is in README.md. A check is rated by the first rule below whose pattern its name meets; those where a name
says too little or too much are rated one by one. What meets no rule is left out, and then counts as unknown.
"""

import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

BANDS = ("critical", "high", "medium", "low", "info")

RULES = (
    # Which customer key it is, comes after whether it is encrypted at all.
    (
        "low",
        r"customer.managed|customer.supplied|customer master key|\bcmks?\b|kms cmk|key vault to encrypt|"
        r"disk encryption sets?|double encryption|infrastructure encryption|encrypted (by|using|with) (kms|a cmk)|"
        r"encrypted with kms|backed by hsm",
    ),
    (
        "critical",
        r"hard.?coded|credentials are exposed|password is not exposed|contain sensitive information|"
        r"administrative privileges are not created|administratoraccess|iamfullaccess|full iam privileges|"
        r"anonymously or publicly|(read|write) permissions to everyone|accessible to public|"
        r"global view acl|daemon socket|unrestricted (ssh|rdp|access to all ports)|"
        r"(ssh|rdp) access is restricted|(security|access control) (groups?|lists?)( rules)? .*ports? "
        r"\(?(22|3389|-1)\b|open to the world|accept all traffic|(does not contain|is not) allow-all",
    ),
    (
        "critical",
        r"^(?:\w+ ){0,4}(access key|api key|oauth secret|hmac credentials|tokens?|credentials)$|^private key$",
    ),
    (
        "high",
        r"log4j|privilege escalation|privileged escalation|credentials exposure|data exfiltration\b|impersonate|"
        r"assume role permission|oidc (trust|authorization)|workload identity pool provider|root (user )?access|"
        r"publicly (accessible|available|exposed)|exposed publicly|(is|are) not public|not be public|"
        r"should not have public access|remote debugging|debugging is disabled|unauthenticated|"
        r"wildcard.*principal|any principal|public access through wildcards|policy is not (set to )?public|"
        r"elevated access|admin privileges|command|shell injection|code injection|code execution|"
        r"certificate validation isn't disabled|untrusted|signature validation",
    ),
    (
        "low",
        r"\blog(s|ging|ged)?\b|log_|_log|audit|tracing|x-ray|monitoring|insights|flow logs?|threat detection|"
        r"defender|alerts?\b|notif|email|contact|report|vulnerability (scan|assess)|image scanning|va setting|"
        r"health|probe|liveness|readiness|retention|versioning|back ?ups?\b|backed up|backtrack|recovery|"
        r"recoverable|snapshot|replicat|redundan|multi-az|availability|zones?\b|failover|cross-zone|"
        r"deletion|drop protection|soft.?delete|purge|lifecycle|tags?\b|labels?\b|description|maintainer|"
        r"requests? should be set|limits? should be set|sla\b|sku|pricing tier|minor|"
        r"auto.?(scal|upgrad|repair)|automatic (node|os)|automatically updates|patch|latest|current|deprecated|"
        r"supported|runtime|caching|optimized|dedicated|rotat|expir|90 days|password policy|naming|database name|"
        r"create before destroy|throttl|concurrent|dead letter|nodepools|release channel|health ?check",
    ),
    (
        "high",
        r"\btls\b|\bssl\b|https|cleartext|unencrypted|plain-text|in.?transit|node-to-node|secure (protocol|data)|"
        r"ciphers?|cypher|encryption algorithms|authentication algorithms|insecure protocols|rsasha1|"
        r"uses? http|http proxies|http protocol|over http",
    ),
    (
        "high",
        r"public (network )?access|public (ip|endpoint|networking|acls?|policy)|public_buckets|0\.0\.0\.0|"
        r"authorized networks|authorized ip|open access|anonymous|firewall is not overly|"
        r"accessible from all|not exposed|from the internet|overly permissive|wide open|unrestricted|"
        r"is private|are private|private (cluster|nodes)|allow ports?|all ports|ftp|telnet",
    ),
    (
        "high",
        r"host (process|ipc|network)|host's process|cap_sys_admin|added capability|allowprivilegeescalation|"
        r"privileged|wildcard use|instance metadata|imdsv2|metadata (server|service)",
    ),
    (
        "high",
        r"authorization|authentication|authenticate|\bauth\b|auth type|basic auth|api key|admin account|"
        r"users? and groups|mfa|multi-factor|access control|rbac",
    ),
    (
        "medium",
        r"encrypt|security polic|security group|network polic|networkpolicy|waf\b|vpc|vnet|virtual network|"
        r"private endpoint|private link|managed identit|service accounts?|default (network|service)|"
        r"root|non-root|capabilit|seccomp|security context|securitycontext|read-only|hostport|"
        r"iam|least|permission|approv|review|branch|signed|signing|digest|commit hash|network",
    ),
)

ONE_BY_ONE = {
    "critical": """
        CKV2_AWS_7 CKV2_AWS_43 CKV2_AZURE_8 CKV2_AZURE_47 CKV2_AZURE_50 CKV2_GCP_7 CKV2_OCI_2 CKV_ALI_1 CKV_AWS_1
        CKV_AWS_32 CKV_AWS_33 CKV_AWS_41 CKV_AWS_45 CKV_AWS_46 CKV_AWS_49 CKV_AWS_62 CKV_AWS_63 CKV_AWS_70
        CKV_AWS_100 CKV_AWS_210 CKV_AWS_283 CKV_AWS_295 CKV_AWS_302 CKV_AWS_334 CKV_AWS_348 CKV_AWS_384 CKV_AZURE_11
        CKV_AZURE_34 CKV_AZURE_45 CKV_AZURE_59 CKV_AZURE_131 CKV_AZURE_190 CKV_AZURE_239 CKV_DIO_3 CKV_DIO_4
        CKV_GCP_11 CKV_GCP_31 CKV_GCP_112 CKV_GCP_113 CKV_K8S_2 CKV_K8S_16 CKV_K8S_27 CKV_K8S_68 CKV_K8S_74
        CKV_K8S_86 CKV_K8S_88 CKV_K8S_138 CKV_K8S_139 CKV_K8S_152 CKV_LIN_5 CKV_OCI_10 CKV_SECRET_7 CKV_SECRET_18
        CKV_YC_17
    """,
    "high": """
        CKV2_AWS_6 CKV2_AWS_36 CKV2_AWS_40 CKV2_AWS_49 CKV2_AWS_68 CKV2_AZURE_26 CKV2_AZURE_34 CKV2_AZURE_37
        CKV2_DOCKER_17 CKV2_GCP_10 CKV2_GHA_1 CKV2_K8S_1 CKV2_K8S_2 CKV2_K8S_3 CKV2_K8S_4 CKV2_K8S_5 CKV2_OCI_1
        CKV_ALI_29 CKV_AWS_17 CKV_AWS_30 CKV_AWS_31 CKV_AWS_38 CKV_AWS_53 CKV_AWS_54 CKV_AWS_55 CKV_AWS_56
        CKV_AWS_60 CKV_AWS_61 CKV_AWS_69 CKV_AWS_72 CKV_AWS_79 CKV_AWS_81 CKV_AWS_87 CKV_AWS_89 CKV_AWS_102
        CKV_AWS_103 CKV_AWS_107 CKV_AWS_108 CKV_AWS_109 CKV_AWS_110 CKV_AWS_111 CKV_AWS_164 CKV_AWS_167 CKV_AWS_168
        CKV_AWS_169 CKV_AWS_174 CKV_AWS_202 CKV_AWS_205 CKV_AWS_218 CKV_AWS_228 CKV_AWS_258 CKV_AWS_286 CKV_AWS_287
        CKV_AWS_288 CKV_AWS_289 CKV_AWS_290 CKV_AWS_301 CKV_AWS_303 CKV_AWS_358 CKV_AWS_366 CKV_AWS_369 CKV_AWS_386
        CKV_AWS_387 CKV_AWS_388 CKV_AWS_391 CKV_AWS_393 CKV_AZURE_1 CKV_AZURE_5 CKV_AZURE_8 CKV_AZURE_15
        CKV_AZURE_35 CKV_AZURE_44 CKV_AZURE_49 CKV_AZURE_52 CKV_AZURE_54 CKV_AZURE_57 CKV_AZURE_72 CKV_AZURE_77
        CKV_AZURE_78 CKV_AZURE_99 CKV_AZURE_132 CKV_AZURE_138 CKV_AZURE_145 CKV_AZURE_147 CKV_AZURE_148
        CKV_AZURE_149 CKV_AZURE_154 CKV_AZURE_155 CKV_AZURE_173 CKV_AZURE_197 CKV_AZURE_200 CKV_AZURE_205
        CKV_AZURE_210 CKV_AZURE_223 CKV_AZUREPIPELINES_3 CKV_CIRCLECIPIPELINES_5 CKV_CIRCLECIPIPELINES_6
        CKV_CIRCLECIPIPELINES_7 CKV_GCP_7 CKV_GCP_18 CKV_GCP_41 CKV_GCP_42 CKV_GCP_44 CKV_GCP_45 CKV_GCP_49
        CKV_GCP_50 CKV_GCP_60 CKV_GCP_69 CKV_GCP_97 CKV_GCP_115 CKV_GCP_116 CKV_GCP_117 CKV_GCP_118 CKV_GCP_125
        CKV_GHA_1 CKV_GHA_2 CKV_GHA_3 CKV_GHA_4 CKV_GITLABCI_1 CKV_K8S_1 CKV_K8S_3 CKV_K8S_4 CKV_K8S_5 CKV_K8S_17
        CKV_K8S_18 CKV_K8S_19 CKV_K8S_20 CKV_K8S_34 CKV_K8S_39 CKV_K8S_44 CKV_K8S_45 CKV_K8S_49 CKV_K8S_69
        CKV_K8S_70 CKV_K8S_71 CKV_K8S_72 CKV_K8S_73 CKV_K8S_75 CKV_K8S_77 CKV_K8S_79 CKV_K8S_85 CKV_K8S_89
        CKV_K8S_96 CKV_K8S_97 CKV_K8S_99 CKV_K8S_100 CKV_K8S_102 CKV_K8S_116 CKV_K8S_117 CKV_K8S_118 CKV_K8S_119
        CKV_K8S_121 CKV_K8S_140 CKV_K8S_141 CKV_K8S_148 CKV_K8S_153 CKV_K8S_154 CKV_K8S_155 CKV_K8S_156 CKV_K8S_157
        CKV_K8S_158 CKV_K8S_159 CKV_NCP_15 CKV_OPENAPI_3 CKV_OPENAPI_20 CKV_OPENSTACK_4 CKV_PAN_7 CKV_TC_9 CKV_TC_12
        CKV_YC_13 CKV_YC_21 CKV_YC_23
    """,
    "medium": """
        CKV2_ADO_1 CKV2_AWS_2 CKV2_AWS_12 CKV2_AWS_20 CKV2_AWS_22 CKV2_AWS_28 CKV2_AWS_29 CKV2_AWS_32 CKV2_AWS_33
        CKV2_AWS_34 CKV2_AWS_35 CKV2_AWS_38 CKV2_AWS_41 CKV2_AWS_42 CKV2_AWS_44 CKV2_AWS_46 CKV2_AWS_47 CKV2_AWS_51
        CKV2_AWS_52 CKV2_AWS_53 CKV2_AWS_55 CKV2_AWS_64 CKV2_AWS_65 CKV2_AWS_71 CKV2_AWS_75 CKV2_AWS_76 CKV2_AWS_77
        CKV2_AWS_78 CKV2_AZURE_6 CKV2_AZURE_7 CKV2_AZURE_13 CKV2_AZURE_14 CKV2_AZURE_19 CKV2_AZURE_23 CKV2_AZURE_24
        CKV2_AZURE_25 CKV2_AZURE_27 CKV2_AZURE_29 CKV2_AZURE_39 CKV2_AZURE_40 CKV2_AZURE_41 CKV2_AZURE_49
        CKV2_DOCKER_1 CKV2_GCP_2 CKV2_GCP_3 CKV2_GCP_18 CKV2_GCP_19 CKV2_GCP_28 CKV2_GCP_32 CKV2_GCP_33 CKV2_GCP_34
        CKV2_GCP_36 CKV2_GIT_1 CKV2_IBM_1 CKV2_IBM_2 CKV2_IBM_3 CKV2_IBM_4 CKV2_IBM_5 CKV2_IBM_7 CKV2_K8S_6
        CKV2_OCI_3 CKV2_OCI_4 CKV2_OCI_6 CKV_ALI_7 CKV_ALI_24 CKV_ALI_26 CKV_ALI_28 CKV_ALI_41 CKV_ARGO_1 CKV_ARGO_2
        CKV_AWS_3 CKV_AWS_8 CKV_AWS_16 CKV_AWS_19 CKV_AWS_22 CKV_AWS_26 CKV_AWS_27 CKV_AWS_29 CKV_AWS_36 CKV_AWS_39
        CKV_AWS_40 CKV_AWS_42 CKV_AWS_44 CKV_AWS_47 CKV_AWS_51 CKV_AWS_58 CKV_AWS_59 CKV_AWS_64 CKV_AWS_68
        CKV_AWS_74 CKV_AWS_77 CKV_AWS_88 CKV_AWS_96 CKV_AWS_106 CKV_AWS_113 CKV_AWS_117 CKV_AWS_122 CKV_AWS_123
        CKV_AWS_127 CKV_AWS_130 CKV_AWS_131 CKV_AWS_137 CKV_AWS_146 CKV_AWS_148 CKV_AWS_161 CKV_AWS_162 CKV_AWS_163
        CKV_AWS_170 CKV_AWS_173 CKV_AWS_175 CKV_AWS_192 CKV_AWS_196 CKV_AWS_198 CKV_AWS_206 CKV_AWS_211 CKV_AWS_229
        CKV_AWS_230 CKV_AWS_231 CKV_AWS_232 CKV_AWS_235 CKV_AWS_249 CKV_AWS_250 CKV_AWS_253 CKV_AWS_255 CKV_AWS_257
        CKV_AWS_259 CKV_AWS_260 CKV_AWS_272 CKV_AWS_273 CKV_AWS_279 CKV_AWS_292 CKV_AWS_306 CKV_AWS_307 CKV_AWS_311
        CKV_AWS_316 CKV_AWS_328 CKV_AWS_329 CKV_AWS_330 CKV_AWS_331 CKV_AWS_333 CKV_AWS_335 CKV_AWS_336 CKV_AWS_339
        CKV_AWS_341 CKV_AWS_342 CKV_AWS_352 CKV_AWS_355 CKV_AWS_356 CKV_AWS_359 CKV_AWS_363 CKV_AWS_364 CKV_AWS_365
        CKV_AWS_367 CKV_AWS_368 CKV_AWS_370 CKV_AWS_371 CKV_AWS_377 CKV_AWS_379 CKV_AWS_380 CKV_AWS_382 CKV_AWS_383
        CKV_AWS_385 CKV_AWS_389 CKV_AWS_390 CKV_AWS_392 CKV_AZURE_2 CKV_AZURE_6 CKV_AZURE_7 CKV_AZURE_13
        CKV_AZURE_16 CKV_AZURE_17 CKV_AZURE_36 CKV_AZURE_39 CKV_AZURE_40 CKV_AZURE_41 CKV_AZURE_50 CKV_AZURE_56
        CKV_AZURE_58 CKV_AZURE_62 CKV_AZURE_73 CKV_AZURE_74 CKV_AZURE_97 CKV_AZURE_105 CKV_AZURE_109 CKV_AZURE_115
        CKV_AZURE_116 CKV_AZURE_118 CKV_AZURE_119 CKV_AZURE_120 CKV_AZURE_121 CKV_AZURE_122 CKV_AZURE_123
        CKV_AZURE_125 CKV_AZURE_126 CKV_AZURE_133 CKV_AZURE_135 CKV_AZURE_137 CKV_AZURE_140 CKV_AZURE_141
        CKV_AZURE_142 CKV_AZURE_143 CKV_AZURE_151 CKV_AZURE_152 CKV_AZURE_157 CKV_AZURE_160 CKV_AZURE_164
        CKV_AZURE_166 CKV_AZURE_178 CKV_AZURE_183 CKV_AZURE_184 CKV_AZURE_186 CKV_AZURE_192 CKV_AZURE_195
        CKV_AZURE_203 CKV_AZURE_216 CKV_AZURE_219 CKV_AZURE_220 CKV_AZURE_227 CKV_AZURE_232 CKV_AZURE_235
        CKV_AZURE_236 CKV_AZURE_237 CKV_AZURE_241 CKV_AZURE_242 CKV_AZURE_244 CKV_AZURE_246 CKV_AZURE_247
        CKV_AZURE_248 CKV_AZURE_250 CKV_AZURE_251 CKV_CIRCLECIPIPELINES_3 CKV_CIRCLECIPIPELINES_4 CKV_DIO_2
        CKV_DOCKER_1 CKV_DOCKER_3 CKV_DOCKER_8 CKV_GCP_4 CKV_GCP_13 CKV_GCP_16 CKV_GCP_17 CKV_GCP_20 CKV_GCP_22
        CKV_GCP_23 CKV_GCP_24 CKV_GCP_25 CKV_GCP_27 CKV_GCP_29 CKV_GCP_30 CKV_GCP_32 CKV_GCP_33 CKV_GCP_34
        CKV_GCP_35 CKV_GCP_36 CKV_GCP_39 CKV_GCP_40 CKV_GCP_46 CKV_GCP_47 CKV_GCP_48 CKV_GCP_58 CKV_GCP_59
        CKV_GCP_64 CKV_GCP_65 CKV_GCP_66 CKV_GCP_68 CKV_GCP_71 CKV_GCP_72 CKV_GCP_73 CKV_GCP_74 CKV_GCP_76
        CKV_GCP_86 CKV_GCP_87 CKV_GCP_89 CKV_GCP_94 CKV_GCP_95 CKV_GCP_103 CKV_GCP_106 CKV_GCP_114 CKV_GCP_124
        CKV_GCP_126 CKV_GCP_127 CKV_GHA_7 CKV_GIT_1 CKV_GIT_2 CKV_GIT_3 CKV_GIT_4 CKV_GIT_5 CKV_GIT_6 CKV_GITHUB_1
        CKV_GITHUB_2 CKV_GITHUB_3 CKV_GITHUB_6 CKV_GITHUB_7 CKV_GITHUB_18 CKV_GITHUB_19 CKV_GITHUB_21 CKV_GITHUB_22
        CKV_GITHUB_23 CKV_GLB_1 CKV_GLB_2 CKV_GLB_3 CKV_GLB_4 CKV_K8S_6 CKV_K8S_7 CKV_K8S_14 CKV_K8S_22 CKV_K8S_23
        CKV_K8S_24 CKV_K8S_25 CKV_K8S_26 CKV_K8S_28 CKV_K8S_29 CKV_K8S_30 CKV_K8S_31 CKV_K8S_32 CKV_K8S_33
        CKV_K8S_35 CKV_K8S_36 CKV_K8S_37 CKV_K8S_38 CKV_K8S_41 CKV_K8S_42 CKV_K8S_78 CKV_K8S_80 CKV_K8S_81
        CKV_K8S_82 CKV_K8S_83 CKV_K8S_84 CKV_K8S_90 CKV_K8S_104 CKV_K8S_105 CKV_K8S_107 CKV_K8S_108 CKV_K8S_110
        CKV_K8S_111 CKV_K8S_112 CKV_K8S_113 CKV_K8S_114 CKV_K8S_115 CKV_K8S_143 CKV_K8S_144 CKV_K8S_145 CKV_K8S_149
        CKV_K8S_151 CKV_LIN_2 CKV_LIN_6 CKV_NCP_3 CKV_NCP_8 CKV_NCP_9 CKV_NCP_10 CKV_NCP_11 CKV_NCP_12 CKV_NCP_16
        CKV_NCP_19 CKV_NCP_20 CKV_NCP_23 CKV_NCP_25 CKV_OCI_5 CKV_OCI_16 CKV_OCI_17 CKV_OCI_21 CKV_OPENAPI_1
        CKV_OPENAPI_2 CKV_OPENAPI_4 CKV_OPENAPI_5 CKV_OPENAPI_6 CKV_OPENAPI_8 CKV_OPENAPI_9 CKV_OPENAPI_10
        CKV_OPENAPI_11 CKV_OPENAPI_12 CKV_OPENAPI_13 CKV_OPENAPI_14 CKV_OPENAPI_15 CKV_OPENAPI_19 CKV_OPENSTACK_5
        CKV_PAN_4 CKV_PAN_5 CKV_PAN_6 CKV_PAN_14 CKV_PAN_15 CKV_PAN_17 CKV_SECRET_6 CKV_SECRET_19 CKV_TC_2 CKV_TC_4
        CKV_TC_5 CKV_TC_7 CKV_TF_1 CKV_YC_2 CKV_YC_4 CKV_YC_5 CKV_YC_6 CKV_YC_12 CKV_YC_18 CKV_YC_24
    """,
    "low": """
        CKV2_ANSIBLE_3 CKV2_AWS_1 CKV2_AWS_3 CKV2_AWS_5 CKV2_AWS_11 CKV2_AWS_14 CKV2_AWS_15 CKV2_AWS_16 CKV2_AWS_19
        CKV2_AWS_21 CKV2_AWS_23 CKV2_AWS_37 CKV2_AWS_45 CKV2_AWS_48 CKV2_AWS_62 CKV2_AZURE_9 CKV2_AZURE_10
        CKV_ALI_11 CKV_ALI_13 CKV_ALI_14 CKV_ALI_15 CKV_ALI_17 CKV_ALI_18 CKV_ALI_19 CKV_ALI_31 CKV_AWS_7 CKV_AWS_9
        CKV_AWS_10 CKV_AWS_11 CKV_AWS_12 CKV_AWS_13 CKV_AWS_14 CKV_AWS_15 CKV_AWS_18 CKV_AWS_21 CKV_AWS_23
        CKV_AWS_37 CKV_AWS_48 CKV_AWS_65 CKV_AWS_67 CKV_AWS_93 CKV_AWS_114 CKV_AWS_119 CKV_AWS_121 CKV_AWS_124
        CKV_AWS_135 CKV_AWS_141 CKV_AWS_143 CKV_AWS_145 CKV_AWS_153 CKV_AWS_195 CKV_AWS_216 CKV_AWS_227 CKV_AWS_238
        CKV_AWS_252 CKV_AWS_276 CKV_AWS_300 CKV_AWS_305 CKV_AWS_310 CKV_AWS_315 CKV_AWS_319 CKV_AWS_320 CKV_AWS_321
        CKV_AWS_323 CKV_AWS_340 CKV_AWS_372 CKV_AWS_374 CKV_AWS_394 CKV_AZURE_18 CKV_AZURE_19 CKV_AZURE_25
        CKV_AZURE_32 CKV_AZURE_42 CKV_AZURE_55 CKV_AZURE_65 CKV_AZURE_67 CKV_AZURE_71 CKV_AZURE_80 CKV_AZURE_81
        CKV_AZURE_82 CKV_AZURE_83 CKV_AZURE_85 CKV_AZURE_88 CKV_AZURE_92 CKV_AZURE_103 CKV_AZURE_112 CKV_AZURE_114
        CKV_AZURE_150 CKV_AZURE_168 CKV_AZURE_169 CKV_AZURE_170 CKV_AZURE_171 CKV_AZURE_172 CKV_AZURE_177
        CKV_AZURE_179 CKV_AZURE_182 CKV_AZURE_188 CKV_AZURE_211 CKV_AZURE_212 CKV_AZURE_214 CKV_AZURE_224
        CKV_AZURE_226 CKV_AZURE_230 CKV_AZURE_233 CKV_AZUREPIPELINES_1 CKV_AZUREPIPELINES_2 CKV_BITBUCKETPIPELINES_1
        CKV_CIRCLECIPIPELINES_1 CKV_CIRCLECIPIPELINES_2 CKV_DOCKER_2 CKV_DOCKER_4 CKV_DOCKER_5 CKV_DOCKER_7
        CKV_DOCKER_9 CKV_DOCKER_11 CKV_GCP_9 CKV_GCP_21 CKV_GCP_37 CKV_GCP_38 CKV_GCP_61 CKV_GCP_63 CKV_GCP_70
        CKV_GCP_79 CKV_GCP_82 CKV_GCP_123 CKV_GHA_5 CKV_GHA_6 CKV_GITHUB_9 CKV_GITHUB_14 CKV_GITHUB_26 CKV_GITHUB_28
        CKV_K8S_8 CKV_K8S_9 CKV_K8S_10 CKV_K8S_11 CKV_K8S_12 CKV_K8S_13 CKV_K8S_15 CKV_K8S_21 CKV_K8S_40 CKV_K8S_43
        CKV_K8S_91 CKV_K8S_92 CKV_K8S_93 CKV_K8S_94 CKV_K8S_95 CKV_K8S_106 CKV_K8S_146 CKV_K8S_147 CKV_LIN_3
        CKV_LIN_4 CKV_NCP_22 CKV_NCP_26 CKV_OCI_7 CKV_OCI_11 CKV_OCI_12 CKV_OCI_13 CKV_OCI_14 CKV_OCI_18
        CKV_OPENAPI_16 CKV_OPENAPI_17 CKV_OPENAPI_21 CKV_PAN_8 CKV_TC_3 CKV_TC_10 CKV_TF_2 CKV_YC_7 CKV_YC_8
    """,
    "info": """
        CKV_AZURE_43 CKV_AZUREPIPELINES_5 CKV_CIRCLECIPIPELINES_8 CKV_DOCKER_6 CKV_DOCKER_10 CKV_GITLABCI_2
        CKV_GITLABCI_3
    """,
}


def names(executable: str) -> dict[str, str]:
    """Return every check's id with its names, in lower case, in all frameworks."""
    listing = subprocess.run([executable, "--list"], check=True, capture_output=True, text=True).stdout
    found: dict[str, set[str]] = defaultdict(set)
    for row in listing.splitlines():
        cells = [cell.strip() for cell in row.split("|")]
        if len(cells) > 5 and re.match(r"(CKV|BC)\w*_\d+$", cells[2]):
            found[cells[2]].add(cells[5].lower())
    return {rule_id: " / ".join(sorted(texts)) for rule_id, texts in found.items()}


def rated(checks: dict[str, str]) -> dict[str, list[str]]:
    """Return the ids by band, in the order of the bands and of the ids' numbers."""
    singles = {rule_id: band for band, ids in ONE_BY_ONE.items() for rule_id in ids.split()}
    bands: dict[str, list[str]] = {band: [] for band in BANDS}
    for rule_id in sorted(checks, key=_place):
        band = singles.get(rule_id) or next((band for band, rx in RULES if re.search(rx, checks[rule_id])), "")
        if band:
            bands[band].append(rule_id)
    return bands


def _place(rule_id: str) -> tuple[str, int]:
    family, _, number = rule_id.rpartition("_")
    return family, int(number)


if __name__ == "__main__":
    table = rated(names(sys.argv[1]))
    Path(__file__).with_name("severity.json").write_text(json.dumps(table, indent=0) + "\n", encoding="utf-8")
