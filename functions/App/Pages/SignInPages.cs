using LdapSync.AdminPages;
using LdapSync.AdminPages.Frame;
using LdapSync.App.Callers;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Pages;

/// <summary>Signing in with the key, signing out, and the files that every page needs.</summary>
[AdminPage]
public sealed class SignInPages(PageCalls calls, PageSessions sessions, TimeProvider time)
{
    [Function("PageSignIn")]
    public async Task<IResult> SignIn([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "manage/sign-in")] HttpRequest request, CancellationToken cancellationToken)
    {
        PageHeaders.Write(request.HttpContext.Response);
        var frame = new PageFrame { Now = time.GetUtcNow(), Notice = PageNotices.Of(request) };
        if (!HttpMethods.IsPost(request.Method) || !request.HasFormContentType)
        {
            return Page(frame, 200, Local(request.Query["return"].ToString()), [], FormErrors.None);
        }

        var form = await request.ReadFormAsync(cancellationToken);
        var (back, kept) = (Local(form["return"].ToString()), Kept(form));
        if (request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none") || !sessions.IsKey(form["key"].ToString()))
        {
            // Guessing is slow.
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
            return Page(frame, 401, back, kept, new FormErrors("This is not the key.", FormErrors.None.Fields));
        }

        var visitor = sessions.Begin(request);
        return kept.Count == 0 ? PageCall.Go(back) : PageCall.Render<SendAgainPage>(
            200,
            ("Frame", frame with { Visitor = visitor.Caller.Name, CanSignOut = true, Token = PageSessions.Token(visitor) }), ("Action", back), ("Kept", kept),
            ("HadSecret", kept.Any(field => field.Key == "tag")));
    }

    [Function("PageSignOut")]
    public Task<IResult> SignOut([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "manage/sign-out")] HttpRequest request) =>
        calls.RunAsync(request, Access.Reader, _ =>
        {
            PageSessions.End(request);
            return Task.FromResult(PageCall.Go(Paths.SignIn, "signed-out"));
        });

    /// <summary>Nothing secret: the styles of the sign-in page too.</summary>
    [Function("PageAsset")]
    public static IResult Asset([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "manage/assets/{name}")] HttpRequest request, string name)
    {
        if (PageAssets.Find(name) is not { } asset)
        {
            return Results.NotFound();
        }

        var headers = request.HttpContext.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.Vary = "Accept-Encoding";
        headers.CacheControl = request.Query["v"] == asset.Version ? "public, max-age=31536000, immutable" : "no-cache";
        if (!request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal))
        {
            return Results.Bytes(asset.Content, asset.ContentType);
        }

        headers.ContentEncoding = "br";
        return Results.Bytes(asset.Compressed, asset.ContentType);
    }

    private IResult Page(PageFrame frame, int status, string back, IReadOnlyList<KeyValuePair<string, string>> kept, FormErrors errors) => PageCall.Render<KeyPage>(
        status, ("Frame", frame), ("HasKey", sessions.HasKey), ("ReturnTo", back), ("Kept", kept), ("Errors", errors));

    private static List<KeyValuePair<string, string>> Kept(IFormCollection form) =>
        [.. form.Where(field => field.Key.StartsWith("keep:", StringComparison.Ordinal)).Select(field => KeyValuePair.Create(field.Key[5..], field.Value.ToString()))];

    /// <summary>A page of ours, or the overview: a sign-in leads nowhere else.</summary>
    private static string Local(string path) =>
        (path == Paths.Root || path.StartsWith(Paths.Root + "/", StringComparison.Ordinal) || path.StartsWith(Paths.Root + "?", StringComparison.Ordinal)) && !path.Any(char.IsControl) ? path : Paths.Root;
}
