# Made by policygen; a new build overwrites it. README.md says how to use it.

terraform {
  required_providers {
    jamfpro = {
      source = "deploymenttheory/jamfpro"
    }
  }
}

variable "computer_groups" {
  description = "IDs of the Jamf computer groups that get the policy, by audience. An audience that is not there is created with an empty scope."
  type        = map(list(number))
  default     = {}
}

resource "jamfpro_macos_configuration_profile_plist" "policy_web_2bbob_40acme_2eexample_2frings_2fpilot" {
  name                = "Claude Code policy: web+bob@acme.example (ring pilot)"
  description         = "Claude Code policy for web+bob@acme.example of group web, ring pilot of the rollout, made by policygen. Valid until 2026-12-01T00:00:00Z; deliver a new release before then. Revision 0123456789abcdef."
  level               = "System"
  distribution_method = "Install Automatically"
  payloads            = file("${path.module}/../../../web+bob@acme.example/rings/pilot/macos/web+bob@acme.example.ring-pilot.mobileconfig")
  payload_validate    = false # the profile was not made by Jamf
  user_removable      = false

  scope {
    all_computers      = false
    computer_group_ids = lookup(var.computer_groups, "web+bob@acme.example/rings/pilot", [])
  }
}

resource "jamfpro_macos_configuration_profile_plist" "policy_web" {
  name                = "Claude Code policy: web"
  description         = "Claude Code policy for group web, made by policygen. Valid until 2026-12-01T00:00:00Z; deliver a new release before then. Revision 0123456789abcdef."
  level               = "System"
  distribution_method = "Install Automatically"
  payloads            = file("${path.module}/../../../web/macos/web.mobileconfig")
  payload_validate    = false # the profile was not made by Jamf
  user_removable      = false

  scope {
    all_computers      = false
    computer_group_ids = lookup(var.computer_groups, "web", [])
  }
}
