# Made by policygen; a new build overwrites it. README.md says how to use it.

terraform {
  required_providers {
    microsoft365 = {
      source = "deploymenttheory/microsoft365"
    }
  }
}

variable "groups" {
  description = "IDs of the Entra groups whose devices get the policy, by audience. An audience that is not there is created and assigned to nobody."
  type        = map(list(string))
  default     = {}
}

resource "microsoft365_graph_beta_device_management_macos_device_configuration_templates" "policy_web_2bbob_40acme_2eexample_2frings_2fpilot" {
  display_name = "Claude Code policy: web+bob@acme.example (ring pilot)"
  description  = "Claude Code policy for web+bob@acme.example of group web, ring pilot of the rollout, made by policygen. Valid until 2026-12-01T00:00:00Z; deliver a new release before then. Revision 0123456789abcdef."

  custom_configuration = {
    deployment_channel = "deviceChannel"
    payload_file_name  = "web+bob@acme.example.ring-pilot.mobileconfig"
    payload_name       = "Claude Code policy: web+bob@acme.example (ring pilot)"
    payload            = file("${path.module}/../../../web+bob@acme.example/rings/pilot/macos/web+bob@acme.example.ring-pilot.mobileconfig")
  }

  assignments = [for id in lookup(var.groups, "web+bob@acme.example/rings/pilot", []) : {
    type     = "groupAssignmentTarget"
    group_id = id
  }]
}

resource "microsoft365_graph_beta_device_management_macos_device_configuration_templates" "policy_web" {
  display_name = "Claude Code policy: web"
  description  = "Claude Code policy for group web, made by policygen. Valid until 2026-12-01T00:00:00Z; deliver a new release before then. Revision 0123456789abcdef."

  custom_configuration = {
    deployment_channel = "deviceChannel"
    payload_file_name  = "web.mobileconfig"
    payload_name       = "Claude Code policy: web"
    payload            = file("${path.module}/../../../web/macos/web.mobileconfig")
  }

  assignments = [for id in lookup(var.groups, "web", []) : {
    type     = "groupAssignmentTarget"
    group_id = id
  }]
}

resource "microsoft365_graph_beta_device_management_windows_custom_configuration" "policy_web" {
  display_name = "Claude Code policy: web"
  description  = "Claude Code policy for group web, made by policygen. Valid until 2026-12-01T00:00:00Z; deliver a new release before then. Revision 0123456789abcdef."

  oma_settings = [
    {
      odata_type   = "#microsoft.graph.omaSettingString"
      display_name = "Template"
      oma_uri      = "./Device/Vendor/MSFT/Policy/ConfigOperations/ADMXInstall/ClaudeCodePolicy/Policy/ClaudeCodePolicy"
      value        = file("${path.module}/../../../admx/ClaudeCodePolicy.admx")
    },
    {
      odata_type   = "#microsoft.graph.omaSettingString"
      display_name = "Settings"
      oma_uri      = "./Device/Vendor/MSFT/Policy/Config/ClaudeCodePolicy~Policy~Cat_ClaudeCode/ManagedSettings_web"
      value        = file("${path.module}/../../../admx/oma-uri/web.txt")
    },
  ]

  assignments = [for id in lookup(var.groups, "web", []) : {
    type     = "groupAssignmentTarget"
    group_id = id
  }]
}
