using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;

namespace LdapSync.LocalRuntime.Http;

/// <summary>Sends what a function returned.</summary>
internal static class HttpResponder
{
    public static Task SendAsync(HttpContext http, object? result) => result switch
    {
        null => Task.CompletedTask,
        IActionResult action => action.ExecuteResultAsync(Action(http)),
        IResult plain => plain.ExecuteAsync(http),
        string text => new ContentResult { Content = text, ContentType = "text/plain; charset=utf-8" }.ExecuteResultAsync(Action(http)),
        _ => new ObjectResult(result).ExecuteResultAsync(Action(http)),
    };

    private static ActionContext Action(HttpContext http) => new(http, http.GetRouteData(), new ActionDescriptor());
}
