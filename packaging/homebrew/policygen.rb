# Builds policygen from its tag: brew install --formula ./packaging/homebrew/policygen.rb, or copied into a tap.
class Policygen < Formula
  desc "Compile Claude Code policy from git into native artifacts"
  homepage "https://github.com/policygen/policygen"
  url "https://github.com/policygen/policygen.git", tag: "v0.1.0"
  license "Apache-2.0"
  head "https://github.com/policygen/policygen.git", branch: "main"

  depends_on "go" => :build

  def install
    ENV["CGO_ENABLED"] = "0"
    %w[policygen policygen-rego].each do |program|
      system "go", "build", "-trimpath", *std_go_args(output: bin/program, ldflags: "-s -w"), "./cmd/#{program}"
    end
    system "go", "run", "./internal/manual", buildpath/"manual", Utils.safe_popen_read("git", "log", "-1", "--format=%ct").strip
    man1.install Dir["manual/man1/*"]
    generate_completions_from_executable(bin/"policygen", "completion")
  end

  test do
    system bin/"policygen", "init", "policy"
    system bin/"policygen", "check", "--policies", "policy/policies"
  end
end
