namespace LdapSync.App.Notifications;

/// <summary>Names in the secret store.</summary>
internal static class NotificationSecrets
{
    public const string MailPassword = "mail-password";

    public static string WebhookUrl(string directoryId) => $"directory-{directoryId}-webhook-url";

    public static string WebhookKey(string directoryId) => $"directory-{directoryId}-webhook-key";
}
