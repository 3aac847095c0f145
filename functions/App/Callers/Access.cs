namespace LdapSync.App.Callers;

/// <summary>Who may call a function: this role and those above it.</summary>
public enum Access
{
    /// <summary>No role at all, not even a key.</summary>
    Anybody,

    /// <summary>Looks at records, runs and settings; secrets are never shown.</summary>
    Reader,

    /// <summary>Starts, stops, approves and rejects runs, and looks into the directory.</summary>
    Operator,

    /// <summary>Changes settings, roles, links and users.</summary>
    Administrator,
}
