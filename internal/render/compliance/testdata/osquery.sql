-- Made by policygen; a new build overwrites it. Each query returns one row where the machine has a revision of this release, and none where it has
-- not. Use each on its platform, as a policy of Fleet or in a pack.

-- Windows: the registry.
SELECT 1 FROM registry
WHERE path = 'HKEY_LOCAL_MACHINE\SOFTWARE\Policies\ClaudeCode\PolicyRevision'
  AND data IN ('0123456789abcdef', 'fedcba9876543210')
LIMIT 1;

-- macOS with a profile. The table is of the Mac Admins extension, which Fleet's agent includes.
SELECT 1 FROM macos_profiles
WHERE identifier LIKE 'com.anthropic.claudecode.policygen.%' AND (description LIKE '%Revision 0123456789abcdef.%' OR description LIKE '%Revision fedcba9876543210.%')
LIMIT 1;

-- macOS and Linux with files: the stamp of the install script, or the guidance.
SELECT 1 FROM hash
WHERE path IN ('/Library/Application Support/ClaudeCode/.policygen-revision', '/Library/Application Support/ClaudeCode/CLAUDE.md',
               '/etc/claude-code/.policygen-revision', '/etc/claude-code/CLAUDE.md')
  AND sha256 IN ('4db38a81f8899bdd07d01bb20955956fc867c6661b28884819652c1e693554b9', '944f54037ca91379f68ab5a7b09a34b891b485ce9e56f9eea2eed2bafe7619f2', 'a2192eeb9b7585151f53f0baf01f577d46936ffe0f97e38988506e01c07906a3', 'ef00dd47a0666ac5d4894e9ea617c29bc84f5895bbec08031c2bcd724275cd91', 'f4b2899ad9664a73d2670da7bce8385293affdbf26cd11422661dab9b05c0a52')
LIMIT 1;

-- Debian and Ubuntu with the package of a release.
SELECT 1 FROM deb_packages WHERE name LIKE 'claude-code-policy-%' AND (version LIKE '%+r0123456789abcdef%' OR version LIKE '%+rfedcba9876543210%') LIMIT 1;

-- Fedora and Red Hat with the package of a release.
SELECT 1 FROM rpm_packages WHERE name LIKE 'claude-code-policy-%' AND (version LIKE '%+r0123456789abcdef%' OR version LIKE '%+rfedcba9876543210%') LIMIT 1;
