using LdapSync.AdminPages.Frame;
using LdapSync.App.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LdapSync.App.Pages;

/// <summary>A visitor's request, and the frame of the answer.</summary>
/// <param name="Form">What was sent; empty but for POST.</param>
public sealed record PageCall(HttpRequest Request, PageVisitor Visitor, PageFrame Frame, IFormCollection Form, CancellationToken CancellationToken)
{
    public bool IsPost => HttpMethods.IsPost(Request.Method);

    /// <summary>The button that was pressed: its name, and behind a colon what it is about.</summary>
    public (string Name, string Subject) Do => Text("do").Split(':', 2) is [var name, var subject] ? (name, subject) : (Text("do"), "");

    /// <summary>A field of the form, trimmed; empty where it is missing.</summary>
    public string Text(string field) => Form[field].ToString().Trim();

    /// <summary>Null where the field is empty.</summary>
    public string? Optional(string field) => Text(field) is { Length: > 0 } text ? text : null;

    public string Query(string name) => Request.Query[name].ToString().Trim();

    public IResult Show<TPage>(object model, int status = 200)
        where TPage : Microsoft.AspNetCore.Components.IComponent => Render<TPage>(status, ("Frame", Frame), ("Model", model));

    public static RazorComponentResult<TPage> Render<TPage>(int status, params ReadOnlySpan<(string Name, object? Value)> parameters)
        where TPage : Microsoft.AspNetCore.Components.IComponent
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in parameters)
        {
            values[name] = value;
        }

        return new RazorComponentResult<TPage>(values) { StatusCode = status, PreventStreamingRendering = true };
    }

    /// <summary>After a form was served: the browser asks for a page, so that reloading it sends nothing twice.</summary>
    public static IResult Go(string path, string? done = null)
    {
        var anchor = path.IndexOf('#', StringComparison.Ordinal);
        var (page, place) = anchor < 0 ? (path, "") : (path[..anchor], path[anchor..]);
        return new SeeOther(done is null ? path : $"{page}{(page.Contains('?', StringComparison.Ordinal) ? '&' : '?')}done={done}{place}");
    }

    public static FormErrors ErrorsOf(ApiException problem) => new(
        problem.Errors.Count > 0 ? null : problem.Detail is null ? problem.Title : $"{problem.Title}. {problem.Detail}", problem.Errors);

    private sealed class SeeOther(string location) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = location;
            return Task.CompletedTask;
        }
    }
}
