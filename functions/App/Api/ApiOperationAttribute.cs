using LdapSync.App.Callers;

namespace LdapSync.App.Api;

/// <summary>Describes an HTTP function for <c>/api/openapi.json</c>; route and methods come from its trigger.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ApiOperationAttribute(string summary) : Attribute
{
    public string Summary { get; } = summary;

    /// <summary>Who may call; not said: administrators alone.</summary>
    public Access Access { get; init; } = Access.Administrator;

    /// <summary>The type of the request's body; null: none.</summary>
    public Type? Request { get; init; }

    /// <summary>The type of the answer's body; null: none.</summary>
    public Type? Response { get; init; }

    public int Status { get; init; } = 200;

    /// <summary>Names of query parameters.</summary>
    public string[] Query { get; init; } = [];
}

/// <summary>A page of items.</summary>
/// <param name="Items">The items.</param>
/// <param name="Continuation">For the query parameter <c>continuation</c> of the next request; null: that was all.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Continuation = null);
