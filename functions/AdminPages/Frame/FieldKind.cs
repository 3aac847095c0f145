namespace LdapSync.AdminPages.Frame;

public enum FieldKind
{
    Text,
    Number,
    Flag,
    Choice,

    /// <summary>Several lines.</summary>
    Long,

    /// <summary>Several values, one a line.</summary>
    List,

    /// <summary>Is written, never shown.</summary>
    Secret,
}
