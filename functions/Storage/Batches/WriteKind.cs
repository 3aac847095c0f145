namespace LdapSync.Storage.Batches;

/// <summary>What is done with one row of a batch.</summary>
public enum WriteKind
{
    /// <summary>The row must not be there, or be the same already.</summary>
    Insert,

    /// <summary>The row must be as it was read (If-Match).</summary>
    Replace,

    /// <summary>The row must be as it was read (If-Match); of its properties only those that are given are written.</summary>
    Merge,

    /// <summary>Whatever is there.</summary>
    Upsert,

    /// <summary>The row must be as it was read where an entity tag is given; else whatever is there.</summary>
    Delete,
}

/// <summary>What became of one row of a batch.</summary>
public enum WriteOutcome
{
    /// <summary>The row is stored as asked (also when an earlier attempt had done it).</summary>
    Done,

    /// <summary>Insert: another row with this key is there.</summary>
    AlreadyExists,

    /// <summary>Replace, merge or delete: the row was changed since it was read, or is someone else's.</summary>
    Changed,

    /// <summary>Replace, merge or delete: there is no such row.</summary>
    Missing,
}
