using LdapSync.Core.Reading;

namespace LdapSync.Ldap.Changes;

/// <summary>A read of changes: enumerated once, with its result afterwards.</summary>
internal abstract class ChangeSearch : IChangeSearch
{
    private ChangeResult? result;
    private int started;

    public ChangeResult Result =>
        result ?? throw new InvalidOperationException("A read of changes has its result when the enumeration has come to its end.");

    public IAsyncEnumerator<DirectoryChange> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        Interlocked.Exchange(ref started, 1) == 0
            ? ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken)
            : throw new InvalidOperationException("A read of changes is enumerated once: prepare another one.");

    protected abstract IAsyncEnumerable<DirectoryChange> ReadAsync(CancellationToken cancellationToken);

    protected void Complete(ChangeResult end) => result = end;
}
