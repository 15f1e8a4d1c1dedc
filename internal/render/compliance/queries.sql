-- Made by policygen; a new build overwrites it. Each query returns one row where the machine has a revision of this release, and none where it has
-- not. Use each on its platform, as a policy of Fleet or in a pack.

-- Windows: the registry.
SELECT 1 FROM registry
WHERE path = 'HKEY_LOCAL_MACHINE\SOFTWARE\Policies\ClaudeCode\PolicyRevision'
  AND data IN (@REVISIONS@)
LIMIT 1;

-- macOS with a profile. The table is of the Mac Admins extension, which Fleet's agent includes.
SELECT 1 FROM macos_profiles
WHERE identifier LIKE 'com.anthropic.claudecode.policygen.%' AND (@DESCRIPTIONS@)
LIMIT 1;

-- macOS and Linux with files: the stamp of the install script, or the guidance.
SELECT 1 FROM hash
WHERE path IN ('/Library/Application Support/ClaudeCode/.policygen-revision', '/Library/Application Support/ClaudeCode/CLAUDE.md',
               '/etc/claude-code/.policygen-revision', '/etc/claude-code/CLAUDE.md')
  AND sha256 IN (@STAMPS@)
LIMIT 1;

-- Debian and Ubuntu with the package of a release.
SELECT 1 FROM deb_packages WHERE name LIKE 'claude-code-policy-%' AND (@VERSIONS@) LIMIT 1;

-- Fedora and Red Hat with the package of a release.
SELECT 1 FROM rpm_packages WHERE name LIKE 'claude-code-policy-%' AND (@VERSIONS@) LIMIT 1;
