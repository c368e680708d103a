output "settings" {
  description = "The bot's settings, except AUTH0_CLIENT_PRIVATE_KEY: the private key stays with you."
  value = merge(
    {
      AUTH0_DOMAIN    = data.auth0_tenant.current.domain
      AUTH0_CLIENT_ID = auth0_client.bot.client_id
    },
    { for profile in auth0_self_service_profile.first : "DEFAULT_PROFILE_ID" => profile.id },
  )
}
