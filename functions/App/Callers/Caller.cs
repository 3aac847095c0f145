namespace LdapSync.App.Callers;

/// <summary>Who calls.</summary>
/// <param name="Id">Entra ID's object id; of a key: <c>key</c>. Fit for logs.</param>
/// <param name="Name">For people who read audit records and runs; may be personal, so not for logs.</param>
/// <param name="Role">The highest role; <see cref="Access.Anybody"/>: none.</param>
public sealed record Caller(string Id, string Name, Access Role)
{
    /// <summary>Whoever has a function key: the host has checked it before the function was called.</summary>
    public static Caller Key { get; } = new("key", "function key", Access.Administrator);
}

/// <summary>The caller on whose behalf the current code runs; null: a timer or an orchestration.</summary>
public sealed class CurrentCaller
{
    private readonly AsyncLocal<Caller?> current = new();

    /// <summary>Set where a call comes in; it follows the call, and no other.</summary>
    public Caller? Caller
    {
        get => current.Value;
        set => current.Value = value;
    }
}
