package terraform

const intuneHead = `# Made by policygen; a new build overwrites it. README.md says how to use it.

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
`

const intuneMac = `
resource "microsoft365_graph_beta_device_management_macos_device_configuration_templates" "%[1]s" {
  display_name = %[2]s
  description  = %[3]s

  custom_configuration = {
    deployment_channel = "deviceChannel"
    payload_file_name  = %[4]s
    payload_name       = %[2]s
    payload            = %[5]s
  }

  assignments = [for id in lookup(var.groups, %[6]s, []) : {
    type     = "groupAssignmentTarget"
    group_id = id
  }]
}
`

const intuneWindows = `
resource "microsoft365_graph_beta_device_management_windows_custom_configuration" "%[1]s" {
  display_name = %[2]s
  description  = %[3]s

  oma_settings = [
    {
      odata_type   = "#microsoft.graph.omaSettingString"
      display_name = "Template"
      oma_uri      = %[4]s
      value        = %[5]s
    },
    {
      odata_type   = "#microsoft.graph.omaSettingString"
      display_name = "Settings"
      oma_uri      = %[6]s
      value        = %[7]s
    },
  ]

  assignments = [for id in lookup(var.groups, %[8]s, []) : {
    type     = "groupAssignmentTarget"
    group_id = id
  }]
}
`

const jamfHead = `# Made by policygen; a new build overwrites it. README.md says how to use it.

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
`

const jamfProfile = `
resource "jamfpro_macos_configuration_profile_plist" "%[1]s" {
  name                = %[2]s
  description         = %[3]s
  level               = "System"
  distribution_method = "Install Automatically"
  payloads            = %[4]s
  payload_validate    = false # the profile was not made by Jamf
  user_removable      = false

  scope {
    all_computers      = false
    computer_group_ids = lookup(var.computer_groups, %[5]s, [])
  }
}
`
