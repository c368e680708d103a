/**
 * The bot to compare with: a Bolt listener that calls the SDK and responds, with the defaults of both libraries.
 * No validation, no cache, no other way to deliver a link.
 */
import { App, type types } from '@slack/bolt';
import { ManagementClient } from 'auth0';

const env = (name: string) => process.env[name] ?? '';

const app = new App({
  token: env('SLACK_BOT_TOKEN'),
  signingSecret: env('SLACK_SIGNING_SECRET'),
  clientOptions: { slackApiUrl: env('SLACK_API_URL') },
});
const auth0 = new ManagementClient({
  domain: env('AUTH0_DOMAIN'),
  clientId: env('AUTH0_CLIENT_ID'),
  clientSecret: env('AUTH0_CLIENT_SECRET'),
});

const plain = (text: string): types.PlainTextElement => ({ type: 'plain_text', text });

app.command('/sso-ticket', async ({ ack, body, client }) => {
  await ack();
  await client.views.open({
    trigger_id: body.trigger_id,
    view: {
      type: 'modal',
      callback_id: 'new_ticket',
      private_metadata: body.response_url,
      title: plain('New SSO connection'),
      submit: plain('Create'),
      blocks: [
        {
          type: 'input',
          block_id: 'connectionName',
          label: plain('Connection name'),
          element: { type: 'plain_text_input', action_id: 'connectionName' },
        },
        {
          type: 'input',
          block_id: 'clients',
          label: plain('Applications'),
          element: { type: 'multi_external_select', action_id: 'clients', min_query_length: 0 },
        },
      ],
    },
  });
});

app.options('clients', async ({ ack }) => {
  const page = await auth0.clients.list();
  await ack({
    options: page.data.map(({ name, client_id }) => ({ text: plain(name ?? ''), value: client_id ?? '' })),
  });
});

app.view('new_ticket', async ({ ack, view }) => {
  await ack();
  const { values } = view.state;
  // As in Auth0's tutorial, list the profiles each time and use the first.
  const profiles = await auth0.selfServiceProfiles.list();
  const { ticket } = await auth0.selfServiceProfiles.ssoTicket.create(profiles.data[0]?.id ?? '', {
    connection_config: { name: values.connectionName?.connectionName?.value ?? '' },
    enabled_clients: values.clients?.clients?.selected_options?.map(({ value }) => value) ?? [],
  });
  await fetch(view.private_metadata, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      response_type: 'ephemeral',
      replace_original: false,
      text: `Your link: ${ticket}`,
      blocks: [{ type: 'section', text: { type: 'plain_text', text: `Your link: ${ticket}` } }],
    }),
  });
});

await app.start(Number(env('PORT')));
