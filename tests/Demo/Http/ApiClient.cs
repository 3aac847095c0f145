using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace LdapSync.Demo.Http;

/// <summary>LdapSync's HTTP API, as any program would call it.</summary>
internal sealed class ApiClient : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly HttpClient http;

    public ApiClient(string url, string functionKey)
    {
        http = new HttpClient { BaseAddress = new Uri(url + "/api/"), Timeout = TimeSpan.FromSeconds(100) };
        http.DefaultRequestHeaders.Add("x-functions-key", functionKey);
    }

    public Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) => SendAsync<T>(HttpMethod.Get, path, null, cancellationToken);

    public Task<T> PostAsync<T>(string path, object body, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Post, path, body, cancellationToken);

    public Task<T> PutAsync<T>(string path, object? body, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Put, path, body, cancellationToken);

    /// <summary>Every item of a paged list.</summary>
    public async Task<List<T>> ListAsync<T>(string path, CancellationToken cancellationToken)
    {
        var items = new List<T>();
        string? continuation = null;
        do
        {
            var address = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}pageSize=500"
                + (continuation is null ? "" : $"&continuation={Uri.EscapeDataString(continuation)}");
            var page = await GetAsync<Page<T>>(address, cancellationToken);
            items.AddRange(page.Items);
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return items;
    }

    public void Dispose() => http.Dispose();

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body is null ? null : JsonContent.Create(body, options: Json),
        };
        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                var text = await answer.Content.ReadAsStringAsync(cancellationToken);
                throw new DemoException($"{method} /api/{path} answered {(int)answer.StatusCode}: {text}");
            }

            return answer.StatusCode == HttpStatusCode.NoContent
                ? default!
                : await answer.Content.ReadFromJsonAsync<T>(Json, cancellationToken) ?? throw new DemoException($"{method} /api/{path} answered null.");
        }
        catch (HttpRequestException problem)
        {
            throw new DemoException($"{method} /api/{path} was not answered: {problem.Message}", problem);
        }
        catch (JsonException problem)
        {
            throw new DemoException($"{method} /api/{path} did not answer as documented: {problem.Message}", problem);
        }
    }
}
