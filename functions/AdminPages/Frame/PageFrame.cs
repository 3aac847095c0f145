namespace LdapSync.AdminPages.Frame;

/// <summary>The parts of the navigation.</summary>
public enum Section
{
    None,
    Overview,
    Setup,
    Roles,
    Users,
    Runs,
    Licences,
    Notifications,
}

/// <summary>What a message above a page is about.</summary>
public enum NoticeKind
{
    Good,
    Warning,
    Bad,
}

/// <param name="Kind">How it looks.</param>
/// <param name="Text">What happened, and what to do.</param>
/// <param name="Link">Where it goes on; null: nowhere.</param>
/// <param name="LinkText">The words of the link.</param>
public sealed record Notice(NoticeKind Kind, string Text, string? Link = null, string? LinkText = null);

/// <summary>What every page shows around its content, and what its forms carry.</summary>
public sealed record PageFrame
{
    /// <summary>Who looks at the page; null: nobody signed in.</summary>
    public string? Visitor { get; init; }

    /// <summary>Signed in with a key, so that signing out means something here.</summary>
    public bool CanSignOut { get; init; }

    /// <summary>May start, approve, reject and cancel runs.</summary>
    public bool CanOperate { get; init; }

    /// <summary>May change settings, roles and users.</summary>
    public bool CanAdminister { get; init; }

    /// <summary>Sent with every form: proves that a page of ours made it.</summary>
    public string Token { get; init; } = "";

    public required DateTimeOffset Now { get; init; }

    public Notice? Notice { get; init; }

    /// <summary>How many things wait for a person; 0: no mark.</summary>
    public int Waiting { get; init; }
}

/// <summary>Messages by field, as the API tells them, and the message of the whole form.</summary>
public sealed record FormErrors(string? Message, IReadOnlyDictionary<string, IReadOnlyList<string>> Fields)
{
    public static FormErrors None { get; } = new(null, new Dictionary<string, IReadOnlyList<string>>());

    public bool Any => Message is not null || Fields.Count > 0;

    /// <summary>Of a field, and of the values of a list such as <c>recipients[2]</c>.</summary>
    public IReadOnlyList<string> Of(string field) => [.. Fields.Where(error => NameOf(error.Key) == field).SelectMany(error => error.Value)];

    /// <summary>The field that an error is shown at.</summary>
    public static string NameOf(string error) => error.Split('[')[0];
}
