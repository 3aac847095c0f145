using LdapSync.Core.Notifications;

namespace LdapSync.Core.Settings;

/// <summary>Whom a directory's notifications go to, beside the feed, which has all of them.</summary>
public sealed record NotificationSettings
{
    private static readonly IReadOnlyList<NotificationKind> Troubles =
    [
        NotificationKind.RunFailed, NotificationKind.LicenceShortage, NotificationKind.GuardWaiting, NotificationKind.GroupMissing, NotificationKind.DirectoryUnreachable,
    ];

    /// <summary>E-mail addresses.</summary>
    public IReadOnlyList<string> Recipients { get; init; } = [];

    /// <summary>What the recipients get an e-mail about.</summary>
    public IReadOnlyList<NotificationKind> EmailOn { get; init; } = Troubles;

    /// <summary>Rule N5: so many runs in a row that did not reach the directory are told of.</summary>
    public int UnreachableRuns { get; init; } = 3;

    public WebhookSettings Webhook { get; init; } = new();

    internal static void Check(NotificationSettings settings, SettingsErrors errors)
    {
        CheckRecipients(settings.Recipients, errors);
        CheckKinds("notifications.emailOn", settings.EmailOn, errors);
        errors.Range("notifications.unreachableRuns", settings.UnreachableRuns, 1, 1000, "runs");
        if (settings.Webhook is null)
        {
            errors.Add("notifications.webhook", "This part of the settings must not be null; leave it out to get its defaults.");
            return;
        }

        errors.Defined("notifications.webhook.shape", settings.Webhook.Shape);
        CheckKinds("notifications.webhook.on", settings.Webhook.On, errors);
    }

    private static void CheckRecipients(IReadOnlyList<string>? recipients, SettingsErrors errors)
    {
        const int most = 20;
        if (recipients is null)
        {
            errors.Add("notifications.recipients", "A list is expected, not null.");
            return;
        }

        if (recipients.Count > most)
            errors.Add("notifications.recipients", $"At most {most} addresses; take a distribution list for more.");
        for (var index = 0; index < Math.Min(recipients.Count, most); index++)
        {
            if ((recipients[index] is null ? "An e-mail address is expected, not null." : MailRules.AddressProblem(recipients[index])) is { } problem)
                errors.Add($"notifications.recipients[{index}]", problem);
        }
    }

    private static void CheckKinds(string field, IReadOnlyList<NotificationKind>? kinds, SettingsErrors errors)
    {
        if (kinds is null)
        {
            errors.Add(field, "A list is expected, not null.");
            return;
        }

        for (var index = 0; index < kinds.Count; index++)
            errors.Defined($"{field}[{index}]", kinds[index]);
        if (kinds.Contains(NotificationKind.DeliveryFailed))
            errors.Add(field, "deliveryFailed is told in the feed alone: a message about a message that cannot be sent would not arrive either.");
    }
}

/// <summary>How a webhook's body looks.</summary>
public enum WebhookShape
{
    /// <summary>Our own JSON, signed.</summary>
    Generic,

    /// <summary>An adaptive card, as a Microsoft Teams workflow takes it.</summary>
    Teams,

    /// <summary>Blocks, as a Slack incoming webhook takes them.</summary>
    Slack,
}

/// <summary>A webhook. Its address and the key that it is signed with are secrets and not part of the settings.</summary>
public sealed record WebhookSettings
{
    public bool Enabled { get; init; }

    public WebhookShape Shape { get; init; }

    /// <summary>What the webhook is called for.</summary>
    public IReadOnlyList<NotificationKind> On { get; init; } =
    [
        NotificationKind.RunFailed, NotificationKind.LicenceShortage, NotificationKind.GuardWaiting, NotificationKind.GroupMissing, NotificationKind.DirectoryUnreachable,
    ];
}
