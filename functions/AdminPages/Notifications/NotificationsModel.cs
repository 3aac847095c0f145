namespace LdapSync.AdminPages.Notifications;

/// <param name="Tone">good, wait, bad or plain.</param>
/// <param name="Facts">Short names and values.</param>
/// <param name="Items">Names behind it, some of them.</param>
public sealed record NotificationModel(
    string Id, string Tone, DateTimeOffset Created, bool Read, string? DirectoryId, string? RunId, string Title, string Text,
    IReadOnlyList<(string Name, string Value)> Facts, string? ItemsTitle, IReadOnlyList<string> Items);

/// <param name="Items">The latest first.</param>
public sealed record NotificationsModel(IReadOnlyList<NotificationModel> Items, int Unread, string? Next, bool OnlyUnread);
