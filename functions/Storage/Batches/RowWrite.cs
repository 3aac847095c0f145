using Azure;
using Azure.Data.Tables;

namespace LdapSync.Storage.Batches;

/// <summary>One row to write.</summary>
/// <param name="Entity">The whole row; for a merge its keys and what changes; for a delete its keys are enough.</param>
/// <param name="Kind">What to do.</param>
/// <param name="IfMatch">The entity tag that a replace, merge or delete is guarded by; <c>default</c>: none (deletes only).</param>
internal readonly record struct RowWrite(TableEntity Entity, WriteKind Kind, ETag IfMatch = default)
{
    public TableTransactionAction ToAction() => Kind switch
    {
        WriteKind.Insert => new(TableTransactionActionType.Add, Entity),
        WriteKind.Replace => new(TableTransactionActionType.UpdateReplace, Entity, IfMatch),
        WriteKind.Merge => new(TableTransactionActionType.UpdateMerge, Entity, IfMatch),
        WriteKind.Upsert => new(TableTransactionActionType.UpsertReplace, Entity),
        _ => new(TableTransactionActionType.Delete, Entity, IfMatch == default ? ETag.All : IfMatch),
    };
}
