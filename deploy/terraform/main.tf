data "auth0_tenant" "current" {}

resource "auth0_client" "bot" {
  name            = var.name
  description     = "Creates self-service SSO links from Slack"
  app_type        = "non_interactive"
  grant_types     = ["client_credentials"]
  oidc_conformant = true

  jwt_configuration {
    alg = "RS256"
  }
}

# With a private key, there is no secret to copy, and none in the Terraform state.
resource "auth0_client_credentials" "bot" {
  client_id             = auth0_client.bot.id
  authentication_method = "private_key_jwt"

  private_key_jwt {
    dynamic "credentials" {
      for_each = var.public_keys

      content {
        name            = credentials.key
        credential_type = "public_key"
        algorithm       = "RS256"
        pem             = credentials.value
      }
    }
  }
}

resource "auth0_client_grant" "bot" {
  client_id = auth0_client.bot.id
  audience  = data.auth0_tenant.current.management_api_identifier

  # The README of the project says what each is for.
  scopes = concat(
    ["create:sso_access_tickets", "delete:sso_access_tickets", "read:self_service_profiles"],
    # Narrower than read:clients: only the name, description, type and ID of an application.
    var.find_applications ? ["read:client_summary"] : [],
    var.find_organizations ? ["read:organizations"] : [],
    var.edit_connections ? ["read:connections"] : [],
    # So that no link adds a connection to an existing customer, or reaches a protected organization, unnoticed.
    var.find_organizations || var.edit_connections ? ["read:organization_connections"] : [],
    var.name_attribute_profiles ? ["read:user_attribute_profiles"] : [],
    var.read_log ? ["read:logs"] : [],
    var.edit_profiles ? ["create:self_service_profiles", "update:self_service_profiles"] : [],
    var.edit_profiles ? ["read:self_service_profile_custom_texts", "update:self_service_profile_custom_texts"] : [],
  )
}

resource "auth0_self_service_profile" "first" {
  count = var.profile == null ? 0 : 1

  name               = var.profile.name
  description        = var.profile.description
  allowed_strategies = var.profile.strategies

  user_attributes {
    name        = "email"
    description = "Email address"
    is_optional = false
  }
}
