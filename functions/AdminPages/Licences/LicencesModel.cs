using LdapSync.AdminPages.Frame;

namespace LdapSync.AdminPages.Licences;

public sealed record ProductModel(string Id, string Name, int Total, int Granted, int Waiting)
{
    /// <summary>Licences that would be needed for everybody.</summary>
    public int Needed => Granted + Waiting;
}

/// <summary>All products, and the form of a new one.</summary>
public sealed record LicencesModel(IReadOnlyList<ProductModel> Products)
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string Total { get; init; } = "";

    public FormErrors Errors { get; init; } = FormErrors.None;
}

/// <summary>One product: who holds a licence, who waits.</summary>
public sealed record LicenceModel(ProductModel Product)
{
    /// <summary>As saved, or as typed.</summary>
    public required string Name { get; init; }

    public required string Total { get; init; }

    public IReadOnlyList<WaiterModel> Waiting { get; init; } = [];

    public bool MoreWaiting { get; init; }

    public IReadOnlyList<HolderModel> Holders { get; init; } = [];

    public string? NextHolders { get; init; }

    public FormErrors Errors { get; init; } = FormErrors.None;
}

public sealed record WaiterModel(int Position, string UserId, string? Login, string? FullName, string DirectoryId, DateTimeOffset MemberSince);

/// <param name="DirectoryId">Null: granted by hand.</param>
public sealed record HolderModel(string UserId, string? Login, string? FullName, bool Active, string? DirectoryId, DateTimeOffset GrantedAt);
