using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace LdapSync.App.Api;

/// <summary>Reads what a request brings, with errors that name the field.</summary>
internal static class ApiRequest
{
    private const int MaxBody = 1024 * 1024;

    /// <summary>The body as an object; an empty body is null.</summary>
    public static async Task<JsonObject?> ReadObjectAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MaxBody)
        {
            throw new ApiException(413, "The request is too long", "At most 1 MiB of JSON.");
        }

        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + read > MaxBody)
            {
                throw new ApiException(413, "The request is too long", "At most 1 MiB of JSON.");
            }

            body.Write(buffer, 0, read);
        }

        if (body.Length == 0)
        {
            return null;
        }

        try
        {
            var node = JsonNode.Parse(body.ToArray(), new JsonNodeOptions(), new JsonDocumentOptions { MaxDepth = 32 });
            return node as JsonObject ?? throw new ApiException(400, "Not a JSON object", "The body must be one JSON object.");
        }
        catch (JsonException malformed)
        {
            throw new ApiException(400, "Malformed JSON", string.Create(
                CultureInfo.InvariantCulture, $"Line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1} of the body is not JSON."));
        }
        catch (ArgumentException)
        {
            throw new ApiException(400, "Malformed JSON", "A name occurs twice in one object.");
        }
    }

    public static async Task<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken) =>
        Bind<T>(await ReadObjectAsync(request, cancellationToken) ?? throw new ApiException(400, "No body", "The request needs a JSON object as its body."));

    /// <exception cref="ApiException">A field is unknown, missing, or of another type; named.</exception>
    public static T Bind<T>(JsonNode body)
    {
        try
        {
            return body.Deserialize<T>(ApiJson.Options)!;
        }
        catch (JsonException mismatch)
        {
            var field = (mismatch.Path ?? "$").TrimStart('$').TrimStart('.');
            throw ApiException.Field(field.Length == 0 ? "(body)" : field, Explain(mismatch), 400);
        }
        catch (InvalidOperationException)
        {
            throw new ApiException(400, "Malformed JSON", "A name occurs twice in one object.");
        }
    }

    public static int Count(HttpRequest request, string name, int usual, int maximum)
    {
        if (!request.Query.TryGetValue(name, out var text) || string.IsNullOrEmpty(text))
        {
            return usual;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 1 && count <= maximum
            ? count
            : throw ApiException.Field(name, $"A whole number from 1 to {maximum}.", 400);
    }

    public static bool? Flag(HttpRequest request, string name) => Text(request, name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => throw ApiException.Field(name, "true or false.", 400),
    };

    public static string? Text(HttpRequest request, string name) =>
        request.Query.TryGetValue(name, out var text) && !string.IsNullOrEmpty(text) ? text.ToString() : null;

    private static string Explain(JsonException mismatch)
    {
        var message = mismatch.Message;
        if (message.Contains("could not be mapped", StringComparison.Ordinal))
        {
            return "There is no such field.";
        }

        if (message.Contains("missing required", StringComparison.Ordinal))
        {
            var names = message[(message.LastIndexOf(':') + 1)..].Trim().TrimEnd('.');
            return $"Missing: {names}";
        }

        var type = message.Contains("converted to ", StringComparison.Ordinal) ? message.Split("converted to ")[1].Split('.', ' ')[^1] : "";
        return message.Contains("Nullable", StringComparison.Ordinal) || type.Length == 0 || !message.Contains("could not be converted", StringComparison.Ordinal)
            ? "The value has another type than this field."
            : "The value has another type than this field, or is none of its choices.";
    }
}
