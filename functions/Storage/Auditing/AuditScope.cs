using LdapSync.Core.Auditing;

namespace LdapSync.Storage.Auditing;

/// <summary>Says on whose behalf the current code writes: every change of a record is then written down, too.</summary>
public sealed class AuditScope
{
    private readonly AsyncLocal<AuditActor?> actor = new();

    /// <summary>Null: nobody acts by hand. Set where a call comes in; it follows that call and no other.</summary>
    public AuditActor? Actor
    {
        get => actor.Value;
        set => actor.Value = value;
    }
}
