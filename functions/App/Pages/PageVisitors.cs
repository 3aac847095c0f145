using LdapSync.App.Callers;
using Microsoft.AspNetCore.Http;

namespace LdapSync.App.Pages;

/// <summary>Knows who asks for a page: with App Service authentication by app role, otherwise by the key's session.</summary>
public sealed class PageVisitors(PageSessions sessions, CallerGate gate)
{
    /// <summary>From here on the code runs on the visitor's behalf.</summary>
    /// <returns>Null: nobody known, who is asked to sign in.</returns>
    /// <exception cref="Api.ApiException">Signed in, but without a role.</exception>
    public PageVisitor? Find(HttpRequest request)
    {
        if (!gate.UsesAppService)
        {
            var visitor = sessions.Find(request);
            gate.ActAs(visitor is null ? null : Caller.Key);
            return visitor;
        }

        var caller = gate.FindSignedIn(request);
        gate.ActAs(caller);
        if (caller is null)
        {
            return null;
        }

        CallerGate.Demand(caller, Access.Reader);
        return new PageVisitor(caller.Name, RoleOf(caller.Role), PageSessions.FormSecret(request), ByKey: false);
    }

    private static PageRole RoleOf(Access role) => role switch
    {
        Access.Administrator => PageRole.Administrator,
        Access.Operator => PageRole.Operator,
        _ => PageRole.Reader,
    };
}
