"""A small lockfile of each format, as its own tool would write it."""

HOLDS = {
    "bun": '{"packages": {"a": ["a@1.0", ""], "a/b": ["@s/b@2.0", ""], "c": ["l@3.0",], "w": ["w@workspace:w"],},'
           ' /* "x": */ // x\n}',
    "bundler": "GEM\n  specs:\n    a (1.0-x86_64-linux)\n      b (~> 1)\n    @s/b (2.0)\n\nPATH\n  specs:\n"
               "    l (3.0)\n",
    "cargo": '[[package]]\nname = "a"\nversion = "1.0"\n[[package]]\nname = "@s/b"\nversion = "2.0"\n'
             '[[package]]\nname = "l"\nversion = "3.0"\n',
    "cocoapods": "PODS:\n  - a (1.0):\n    - l\n  - '@s/b (2.0)'\n  - l (3.0)\n\nDEPENDENCIES:\n  - x (4.0)\n",
    "composer": '{"packages": [{"name": "A", "version": "1.0"}, {"name": "@s/b", "version": "2.0"}],'
                ' "packages-dev": [{"name": "l", "version": "3.0"}]}',
    "conan": '{"requires": ["a/1.0#r%1"], "graph_lock": {"nodes": {"1": {"ref": "l/3.0@u/c#r"}}}}',
    "dotnet": '{"targets": {"t": {"A/1.0": {"runtime": {"a.dll": {}}}, "l/3.0": {"native": {"l.so": {}}}}},'
              ' "libraries": {"A/1.0": {"type": "package"}, "l/3.0": {"type": "package"}, "x/1": {"type": "project"}}}',
    "go": 'module m\ngo 1.16\nrequire (\n\ta 1.0 // indirect\n\t"@s/b" 0.1\n)\nrequire x 1\nrequire l 3.0\n'
          "replace @s/b => @s/b 2.0\nreplace x 1 => ../x\nreplace l 9 => k 9\n",
    "gradle": "# c\na:a:1.0=x,y\n@s:b:2.0=x\nl:l:3.0=\nempty=z\n",
    "maven": "<project><properties><v>1.0</v></properties><dependencies><dependency><groupId>a</groupId>"
             "<artifactId>a</artifactId><version>${v}</version></dependency><dependency><groupId>t</groupId>"
             "<artifactId>t</artifactId><version>1</version><scope>test</scope></dependency></dependencies><profiles>"
             "<profile><dependencies><dependency><groupId>@s</groupId><artifactId>b</artifactId><version>2.0</version>"
             "</dependency><dependency><groupId>l</groupId><artifactId>l</artifactId><version>3.0</version>"
             "</dependency></dependencies></profile></profiles></project>",
    "mix": '%{\n  "x": {:hex, :a, "1.0", "h"},\n  "b": {:hex, :"@s/b", "2.0", "h"},\n  "l": {:hex, :l, "3.0"},\n'
           '  "g": {:git, "https://example.org/g", "1"},\n}\n',
    "npm": '{"packages": {"": {"version": "9"}, "node_modules/a": {"version": "1.0"}, "x": {"version": "9"},'
           ' "node_modules/w": {"resolved": "x", "link": true}, "x/node_modules/@s/b": {"version": "2.0"},'
           ' "node_modules/safe": {"name": "l", "version": "3.0"}}}',
    "nuget": '{"dependencies": {"net6.0": {"A": {"resolved": "1.0"}, "p": {"type": "Project"}},'
             ' "net7.0": {"@s/b": {"resolved": "2.0"}, "l": {"resolved": "3.0"}}}}',
    "nuget-config": '<packages><package id="A" version="1.0"/><package id="@s/b" version="2.0"/><package id="l"'
                    ' version="3.0"/><package id="t" version="1" developmentDependency="true"/></packages>',
    "nuget-props": '<Project><ItemGroup><PackageVersion Include="A" Version="1.0"/><PackageVersion Update="@s/b">'
                   '<Version>2.0</Version></PackageVersion><PackageReference Include="l" Version="3.0"/>'
                   "</ItemGroup></Project>",
    "pipenv": '{"default": {"A": {"version": "==1.0"}, "@s/b": {"version": "===2.0"}, "l": {"version": "==3.0"}},'
              ' "develop": {"t": {"version": "==1"}}}',
    "pnpm": "lockfileVersion: '6.0'\n\nimporters:\n\n  .:\n    x: 1\n\npackages:\n\n  /a@1.0(p@1):\n"
            "    resolution: {}\n\n  '@s/b@2.0':\n    dev: false\n  registry.npmjs.org/l/3.0_p@1: {}\n  /t@1:\n"
            "    dev: true\n\n  github.com/x/y/1:\n    name: y\n\nsnapshots:\n\n  z@1.0: {}\n",
    "pub": 'packages:\n  a:\n    version: "1.0"\n  @s/b:\n    version: "2.0"\n  l:\n    version: "3.0"\n',
    "swift": '{"pins": [{"location": "https://a.git", "state": {"version": "1.0"}}, {"location": "l",'
             ' "state": {"version": "3.0"}}], "object": {"pins": [{"repositoryURL": "@s/b", "state":'
             ' {"version": "2.0"}}]}}',
    "sbt": '{"dependencies": [{"org": "a", "name": "a", "version": "1.0", "configurations": ["compile"]}, {"org": "@s",'
           ' "name": "b", "version": "2.0", "configurations": ["runtime"]}, {"org": "l", "name": "l", "version": "3.0",'
           ' "configurations": ["test", "compile"]}, {"org": "t", "name": "t", "version": "1",'
           ' "configurations": ["test"]}]}',
    "yarn": '# yarn lockfile v1\n\n\na@^1, a@1:\n  version "1.0"\n  dependencies:\n    "x" "^1"\n\n"@s/b@>=1, <3":\n'
            '  version "2.0"\n\n"safe@npm:l@^3":\n  version "3.0"\n\n"g@https://example.org/g":\n  version "1"\n',
}  # fmt: skip
"""Each of these asks for `a` 1.0, for something whose name has a scope, 2.0, and for `l` 3.0, in some form."""
for _form in ("poetry", "pylock", "uv"):
    HOLDS[_form] = HOLDS["cargo"].replace("[package]", "[packages]" if _form == "pylock" else "[package]")
HOLDS["requirements"] = "A==1.0 # c\n@s/b==2.0\nl===3.0\n"
