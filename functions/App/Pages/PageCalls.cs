using LdapSync.AdminPages.Frame;
using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.Storage.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Pages;

/// <summary>Serves a page: only to whom may see it, a form only with its token, and whatever goes wrong as a page that says what to do.</summary>
public sealed partial class PageCalls(PageVisitors visitors, PageSessions sessions, RecordsSetup setup, TimeProvider time, ILogger<PageCalls> logger)
{
    /// <param name="request">The request.</param>
    /// <param name="posting">What sending a form takes.</param>
    /// <param name="serve">Serves it.</param>
    /// <param name="looking">What looking at the page takes: pages that ask the directory need more than records do.</param>
    public async Task<IResult> RunAsync(HttpRequest request, Access posting, Func<PageCall, Task<IResult>> serve, Access looking = Access.Reader)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        PageHeaders.Write(request.HttpContext.Response);
        var frame = new PageFrame { Now = time.GetUtcNow(), Notice = PageNotices.Of(request) };
        try
        {
            var post = HttpMethods.IsPost(request.Method);
            if (post && request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site")
            {
                // Nothing of it is kept or offered again: it is somebody else's form.
                return Problem(frame, new ApiException(403, "Sent from another site", "Nothing was done. These pages take their own forms only."));
            }

            if (post && !request.HasFormContentType)
            {
                return Problem(frame, new ApiException(415, "Not a form", "Pages take forms; the API takes JSON."));
            }

            var form = post ? await request.ReadFormAsync(cancellationToken) : FormCollection.Empty;
            if (visitors.Find(request) is not { } visitor)
            {
                return SignIn(request, frame, form);
            }

            frame = Frame(frame, visitor);
            if (post && !IsOurs(request, visitor, form))
            {
                return SendAgain(request, frame, form);
            }

            // In this method: what is done below is done on the visitor's behalf.
            visitors.Admit(visitor, post, posting, looking);
            await setup.EnsureCreatedAsync(cancellationToken);
            return await serve(new PageCall(request, visitor, frame, form, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Results.StatusCode(499);
        }
        catch (Exception failure) when (ApiFailures.Explain(failure) is { } problem)
        {
            return Problem(frame, problem);
        }
        catch (Exception unexpected)
        {
            // The message may quote what was sent; type and place are enough to find the cause.
            LogUnexpected(logger, request.Method, request.Path, unexpected.GetType().FullName ?? "", unexpected.StackTrace ?? "");
            return Problem(frame, ApiFailures.Unexpected);
        }
    }

    private static PageFrame Frame(PageFrame frame, PageVisitor visitor) => frame with
    {
        Visitor = visitor.Caller.Name,
        CanSignOut = visitor.ByKey,
        CanOperate = visitor.Caller.Role >= Access.Operator,
        CanAdminister = visitor.Caller.Role >= Access.Administrator,
        Token = PageSessions.Token(visitor),
    };

    /// <summary>Beside the token, where browsers say it, where the form comes from.</summary>
    private static bool IsOurs(HttpRequest request, PageVisitor visitor, IFormCollection form) =>
        request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" && PageSessions.IsToken(visitor, form["token"].ToString());

    private IResult SignIn(HttpRequest request, PageFrame frame, IFormCollection form)
    {
        var here = $"{request.Path}{request.QueryString}";
        if (request.Headers.ContainsKey("HX-Request"))
        {
            // A part of a page: the whole page is to sign in, and to come back to where it is.
            var page = request.Headers["HX-Current-URL"].ToString();
            request.HttpContext.Response.Headers["HX-Redirect"] = Paths.Query(Paths.SignIn, ("return", Uri.TryCreate(page, UriKind.Absolute, out var uri) ? uri.PathAndQuery : Paths.Root));
            return Results.StatusCode(StatusCodes.Status401Unauthorized);
        }

        if (visitors.UsesAppService)
        {
            return HttpMethods.IsPost(request.Method)
                ? Problem(frame, new ApiException(401, "Your session has ended", "Nothing was done. Sign in in another tab; then go back here, where what you typed still is, and send it again."))
                : PageCall.Go(Paths.Query("/.auth/login/aad", ("post_login_redirect_uri", here)));
        }

        return HttpMethods.IsPost(request.Method)
            ? PageCall.Render<KeyPage>(
                StatusCodes.Status401Unauthorized, ("Frame", frame), ("HasKey", sessions.HasKey), ("ReturnTo", request.Path.ToString()), ("Kept", KeptFields.Of(form)))
            : PageCall.Go(Paths.Query(Paths.SignIn, ("return", here)));
    }

    private static IResult SendAgain(HttpRequest request, PageFrame frame, IFormCollection form) => PageCall.Render<SendAgainPage>(
        StatusCodes.Status403Forbidden, ("Frame", frame), ("Action", request.Path.ToString()), ("Kept", KeptFields.Of(form)), ("HadSecret", KeptFields.HasSecret(form)));

    private static IResult Problem(PageFrame frame, ApiException problem)
    {
        var details = problem.Errors.SelectMany(field => field.Value);
        return PageCall.Render<ProblemPage>(
            problem.Status, ("Frame", frame), ("Title", problem.Title), ("Detail", string.Join(" ", new[] { problem.Detail }.OfType<string>().Concat(details))));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Page {Method} {Path}: unexpected {Type} at {Place}")]
    private static partial void LogUnexpected(ILogger logger, string method, string path, string type, string place);
}
