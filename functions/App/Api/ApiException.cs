namespace LdapSync.App.Api;

/// <summary>A request cannot be served as it is: becomes problem details (RFC 9457).</summary>
/// <param name="status">The HTTP status code.</param>
/// <param name="title">What is the matter, in a few words.</param>
/// <param name="detail">What to do about it.</param>
public sealed class ApiException(int status, string title, string? detail = null) : Exception(detail is null ? title : $"{title}: {detail}")
{
    public int Status { get; } = status;

    public string Title { get; } = title;

    public string? Detail { get; } = detail;

    /// <summary>Messages by field, named as in the request's JSON.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Errors { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Further members of the problem details.</summary>
    public IReadOnlyDictionary<string, object?> Extensions { get; init; } = new Dictionary<string, object?>();

    public static ApiException NotFound(string what) => new(404, "Not found", $"There is no {what}.");

    public static ApiException Field(string field, string message, int status = 422) =>
        Fields([(field, message)], status);

    public static ApiException Fields(IEnumerable<(string Field, string Message)> errors, int status = 422) => new(status, "The request has errors")
    {
        Errors = errors.GroupBy(error => error.Field, StringComparer.Ordinal).ToDictionary(
            field => field.Key, IReadOnlyList<string> (field) => [.. field.Select(error => error.Message)], StringComparer.Ordinal),
    };
}
