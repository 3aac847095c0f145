using LdapSync.AdminPages.Frame;

namespace LdapSync.AdminPages.Setup;

/// <summary>A field of the settings' form.</summary>
/// <param name="Name">The path in the settings' JSON form; the field's errors come under it.</param>
public sealed record SettingsField(string Name, string Label, string Help, FieldKind Kind = FieldKind.Text)
{
    public IReadOnlyList<(string Value, string Text)> Choices { get; init; } = [];

    public bool Optional { get; init; }

    /// <summary>Behind "more": the defaults suit most.</summary>
    public bool More { get; init; }

    public string? Placeholder { get; init; }

    /// <summary>Checked while it is typed: <c>filter</c> or <c>macros</c>.</summary>
    public string? Check { get; init; }
}

/// <param name="Title">Of the group.</param>
/// <param name="Text">What it is for.</param>
public sealed record SettingsGroup(string Id, string Title, string Text, IReadOnlyList<SettingsField> Fields);

/// <summary>The settings of a directory as a form, in the order in which an administrator knows the answers.</summary>
public static class SettingsFields
{
    public const string Password = "connection.password";
    public const string WebhookUrl = "notifications.webhook.url";
    public const string WebhookKey = "notifications.webhook.key";

    private const string Kinds = "runCompleted, runFailed, runStopped, licenceShortage, guardWaiting, groupMissing, directoryUnreachable";

    public static IReadOnlyList<SettingsGroup> Groups { get; } =
    [
        new("connection", "Server", "Where the directory is, and the account that reads it.",
        [
            new("connection.serverName", "Server name", "Host, or host:port. Several, separated by commas, are tried in order.") { Placeholder = "ldap.example.org" },
            new("connection.security", "Encryption", "LDAPS is port 636, StartTLS port 389.", FieldKind.Choice)
            {
                Choices = [("ldaps", "LDAPS"), ("startTls", "StartTLS"), ("none", "None: everything in clear")],
            },
            new("connection.authenticationType", "Authentication type", "Basic is a simple bind: login and password over the encrypted connection.", FieldKind.Choice)
            {
                Choices =
                [
                    ("basic", "Basic"), ("ntlm", "NTLM"), ("kerberos", "Kerberos"), ("negotiate", "Negotiate"), ("digest", "Digest"),
                    ("external", "External (client certificate)"), ("anonymous", "Anonymous"),
                ],
            },
            new("connection.administratorLogin", "Administrator login", "An account that may read users and groups; it needs to change nothing. A distinguished name, login@domain or domain\\login.")
            {
                Placeholder = "uid=reader,ou=svc,dc=example,dc=org",
            },
            new(Password, "Password", "Is kept in the secret store and never shown again. Empty: the saved one stays.", FieldKind.Secret),
            new("connection.trustedCertificates", "Trusted certificates", "PEM of the authority that issued the server's certificate, where that is your own.", FieldKind.Long) { Optional = true },
            new("connection.pinnedCertificate", "Pinned certificate", "SHA-256 of the server's certificate: trusted whatever its issuer, name or date.") { Optional = true, More = true },
            new("connection.tlsName", "Name in the certificate", "Where it differs from the server name, as with tunnels.") { Optional = true, More = true },
            new("connection.allowClearText", "Allow the password in clear", "Only for encryption None with Basic.", FieldKind.Flag) { More = true },
            new("connection.keyDistributionCenter", "Key distribution center", "Kerberos: host or host:port.") { Optional = true, More = true },
            new("connection.kerberosTarget", "Kerberos name of the server", "Where it differs from the server name.") { Optional = true, More = true },
            new("connection.clientCertificateSecret", "Secret of the client certificate", "External: the name under which certificate and key are in the secret store.") { Optional = true, More = true },
            new("connection.timeoutSeconds", "Time-out", "Seconds to connect, to sign in, and between two answers.", FieldKind.Number) { More = true },
            new("connection.maxConnections", "Connections", "At most so many at a time, 1 to 16.", FieldKind.Number) { More = true },
        ]),
        new("users", "Users", "Where people are, and which attribute means what.",
        [
            new("users.searchBase", "Domain name", "The entry under which the users are.") { Placeholder = "ou=people,dc=example,dc=org" },
            new("users.fullName", "User name", "Attribute with the full name."),
            new("users.login", "Login", "Attribute that people sign in with."),
            new("users.userId", "User id", "Attribute that never changes; people are known by it after a new name."),
            new("users.modificationDate", "Modification date", "Attribute with the time of the last change."),
            new("users.email", "E-mail", "Attribute; empty leaves the field alone.") { Optional = true },
            new("users.company", "Company", "Attribute, matched with the accounts by name.") { Optional = true },
            new("users.phone", "Phone", "Attribute.") { Optional = true },
            new("users.jobTitle", "Job title", "Attribute, matched with the job titles by name.") { Optional = true },
            new("users.shards", "Read in parts", "Beginnings of logins, one a line, such as a, b, c: full runs of big directories read so many parts at the same time, and everybody else in one more. Empty: one search.", FieldKind.List) { Optional = true, More = true },
            new("users.activeExpression", "Active only where", "A filter that each entry is held against; empty: no such condition.", FieldKind.Long) { Optional = true, More = true, Check = "filter" },
            new("users.inactiveWhen.disabled", "Disabled accounts are inactive", "As the entry itself says.", FieldKind.Flag) { More = true },
            new("users.inactiveWhen.expired", "Expired accounts are inactive", "", FieldKind.Flag) { More = true },
            new("users.inactiveWhen.lockedByAdministrator", "Accounts locked for good are inactive", "OpenLDAP: a lock without an end.", FieldKind.Flag) { More = true },
            new("users.inactiveWhen.lockedOut", "Accounts locked for a while are inactive", "After wrong passwords. Off: the directory refuses the password meanwhile, and that is enough.", FieldKind.Flag) { More = true },
            new("users.inactiveWhen.lockoutMinutes", "Length of a lock", "Minutes, where the directory does not compute it; empty: until it is taken out of the entry.", FieldKind.Number) { Optional = true, More = true },
        ]),
        new("groups", "Groups", "Groups become members of roles that are linked to them.",
        [
            new("groups.searchBase", "Domain name", "The entry under which the groups are.") { Placeholder = "ou=groups,dc=example,dc=org" },
            new("groups.groupName", "Group name", "Attribute with the name."),
            new("groups.groupId", "Group id", "Attribute that never changes; a renamed group is still the same."),
            new("groups.membership", "Who is in a group", "The filter for the users of a group is asked only with the last choice.", FieldKind.Choice)
            {
                Choices = [("member", "The names in member and uniqueMember"), ("memberUid", "The logins in memberUid (posixGroup)"), ("filter", "A search for each group, by the filter below")],
            },
            new("groups.nested", "Groups within groups", "Their members count too.", FieldKind.Flag),
            new("groups.primaryGroup", "Primary groups", "Active Directory: the primary group, which is in no list of members, counts too.", FieldKind.Flag),
        ]),
        new("filters", "Filters", "Which entries count. They are checked while you type.",
        [
            new("filters.users", "Active users", "Finds everybody who should be active. Who is no longer found is deactivated.", FieldKind.Long) { Check = "filter" },
            new("filters.groups", "Groups", "Finds the groups that roles can be linked to.", FieldKind.Long) { Check = "filter" },
            new("filters.groupUsers", "Users of a group", "Finds the members of one group.", FieldKind.Long) { Check = "macros" },
        ]),
        new("schedule", "Schedule and safety", "When it runs by itself, what it may do, and when it has to ask.",
        [
            new("schedule.intervalHours", "Interval", "Hours between two synchronizations; 0: only by hand.", FieldKind.Number),
            new("schedule.mode", "Reading", "How runs that start by themselves read the directory. What the server does not allow is made up for by a slower way.", FieldKind.Choice)
            {
                Choices = [("delta", "What has changed, as the server tells it"), ("changed", "Who is there, and what was modified"), ("full", "Everything")],
            },
            new("schedule.fullRunHours", "Full run", "Hours after which a run reads everything again; 0: never.", FieldKind.Number) { More = true },
            new("schedule.paused", "Pause", "No synchronization by itself until this is off again.", FieldKind.Flag),
            new("options.importNewUsers", "Import new users", "People without a record get one.", FieldKind.Flag),
            new("options.importScope", "Who is imported", "", FieldKind.Choice) { Choices = [("linkedGroups", "Members of linked groups"), ("all", "Everybody whom the users filter finds")] },
            new("options.synchronizeOnlyGroups", "Synchronize only groups", "Who leaves the last linked group is deactivated, who comes back is activated.", FieldKind.Flag),
            new("options.grantLicences", "Grant licences", "Licences follow the users.", FieldKind.Flag),
            new("options.reclaimLicences", "Take licences back", "The licence of who is deactivated goes to who waits.", FieldKind.Flag),
            new("options.licenceProducts", "Products", "Ids of those to grant, one a line; empty: all.", FieldKind.List) { Optional = true, More = true },
            new("options.removalLimits.deactivations", "Ask above this many deactivations", "In one run; empty: no such limit.", FieldKind.Number) { Optional = true },
            new("options.removalLimits.deactivationsPercent", "Ask above this percentage of deactivations", "Of the active linked users; empty: no such limit.", FieldKind.Number) { Optional = true },
            new("options.removalLimits.roleRemovals", "Ask above this many role removals", "In one run; empty: no such limit.", FieldKind.Number) { Optional = true, More = true },
            new("options.removalLimits.roleRemovalsPercent", "Ask above this percentage of role removals", "Of the memberships from the directory; empty: no such limit.", FieldKind.Number) { Optional = true, More = true },
            new("options.removalLimits.minimumPopulation", "Limits apply above", "Active linked users, or memberships: a handful of people needs no limits.", FieldKind.Number) { More = true },
            new("options.removalLimits.approvalHours", "Wait for an answer", "Hours; then the run ends, and nothing was changed.", FieldKind.Number) { More = true },
        ]),
        new("signIn", "Sign-in", "How often a wrong password may be tried through this service. Keep it below the directory's own limits.",
        [
            new("signIn.attemptsPerLogin", "Failed attempts with one login", "Within the window.", FieldKind.Number),
            new("signIn.attemptsPerAddress", "Failed attempts from one address", "Within the window.", FieldKind.Number),
            new("signIn.windowMinutes", "Window", "Minutes.", FieldKind.Number) { More = true },
            new("signIn.auditDays", "Keep the record of attempts", "Days.", FieldKind.Number) { More = true },
        ]),
        new("notifications", "Notifications", "Who hears of what, beside the feed, which has everything.",
        [
            new("notifications.recipients", "Recipients", "E-mail addresses, one a line.", FieldKind.List) { Optional = true, Placeholder = "admins@example.org" },
            new("notifications.emailOn", "E-mail about", $"One a line, of {Kinds}.", FieldKind.List) { Optional = true, More = true },
            new("notifications.unreachableRuns", "Unreachable after", "So many runs in a row that did not reach the directory.", FieldKind.Number) { More = true },
            new("notifications.webhook.enabled", "Webhook", "Needs an address.", FieldKind.Flag) { More = true },
            new(WebhookUrl, "Address of the webhook", "https://. Whoever knows it can write there, so it is kept in the secret store and never shown again. Empty: the saved one stays.", FieldKind.Secret) { Optional = true, More = true },
            new(WebhookKey, "Key of the webhook", "Signs the messages, 16 to 1000 characters; only for signed JSON. Empty: the saved one stays.", FieldKind.Secret) { Optional = true, More = true },
            new("notifications.webhook.shape", "Form of the webhook", "", FieldKind.Choice) { Choices = [("generic", "Signed JSON"), ("teams", "Microsoft Teams"), ("slack", "Slack")], More = true },
            new("notifications.webhook.on", "Webhook about", $"One a line, of {Kinds}.", FieldKind.List) { Optional = true, More = true },
        ]),
    ];

    public static IReadOnlyDictionary<string, SettingsField> ByName { get; } =
        Groups.SelectMany(group => group.Fields).ToDictionary(field => field.Name, StringComparer.Ordinal);

    /// <summary>Those that are written, never shown.</summary>
    public static IReadOnlySet<string> Secrets { get; } = ByName.Values.Where(field => field.Kind == FieldKind.Secret).Select(field => field.Name).ToHashSet(StringComparer.Ordinal);

    public static IReadOnlySet<string> Names { get; } = ByName.Keys.ToHashSet(StringComparer.Ordinal);

    /// <summary>A field's label with its group's title, for a list of errors.</summary>
    public static string LabelOf(string name) =>
        Groups.FirstOrDefault(group => group.Fields.Any(field => field.Name == name)) is { } found ? $"{found.Title}: {ByName[name].Label}" : name;
}
