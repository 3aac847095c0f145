using LdapSync.Core.Notifications;

namespace LdapSync.Notifications.Rendering;

/// <summary>Where a message leads.</summary>
internal static class MessageLink
{
    /// <returns>Null: the message leads nowhere, or nobody said where the pages are.</returns>
    public static string? Of(NotificationContent content, string linkBase) =>
        content.LinkPath is null || linkBase.Length == 0 ? null : $"{linkBase.TrimEnd('/')}/{content.LinkPath.TrimStart('/')}";
}
