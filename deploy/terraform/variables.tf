variable "name" {
  description = "The name of the application in the Auth0 Dashboard."
  type        = string
  default     = "SSO ticket bot"
}

variable "public_keys" {
  description = "The bot's public keys as PEM, each under a name of your choice. Use two only while you rotate the key."
  type        = map(string)

  validation {
    condition     = length(var.public_keys) >= 1 && length(var.public_keys) <= 2
    error_message = "Set one public key, or two while you rotate the key."
  }
}

variable "find_applications" {
  description = "People find applications by name. Without it, links have no application."
  type        = bool
  default     = true
}

variable "find_organizations" {
  description = "People find organizations by name. Without it, links have no organization."
  type        = bool
  default     = true
}

variable "edit_connections" {
  description = "Editors create links that change an existing connection, the form notices a name that is taken, and the bot follows links."
  type        = bool
  default     = true
}

variable "name_attribute_profiles" {
  description = "The list of profiles shows the names of user attribute profiles instead of their IDs."
  type        = bool
  default     = true
}

variable "read_log" {
  description = "Receipts show what customers do in the setup assistant. This reads the log of the whole tenant."
  type        = bool
  default     = false
}

variable "edit_profiles" {
  description = "The bot's PROFILE_EDITORS create and edit self-service profiles from Slack."
  type        = bool
  default     = false
}

variable "profile" {
  description = "The first self-service profile. Set it to null if the tenant has profiles already."
  type = object({
    name        = string
    description = optional(string)
    strategies  = optional(list(string), [])
  })
  default = {
    name        = "Enterprise customers"
    description = "For customers with an identity provider of their own"
  }
}
