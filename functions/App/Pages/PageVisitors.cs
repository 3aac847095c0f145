using LdapSync.App.Callers;
using Microsoft.AspNetCore.Http;

namespace LdapSync.App.Pages;

/// <param name="Caller">Who it is, with the role.</param>
/// <param name="Secret">Random and known to the visitor's browser alone: what antiforgery tokens are made from.</param>
/// <param name="ByKey">Signed in with the key.</param>
public sealed record PageVisitor(Caller Caller, string Secret, bool ByKey);

/// <summary>Knows who asks for a page: whom App Service authentication names, where that is in use; else who has signed in with the key.</summary>
public sealed class PageVisitors(PageSessions sessions, CallerGate gate)
{
    public bool UsesAppService => gate.UsesAppService;

    public PageVisitor? Find(HttpRequest request) => !gate.UsesAppService ? sessions.Find(request)
        : gate.FindSignedIn(request) is { } caller ? new PageVisitor(caller, PageSessions.FormSecret(request), ByKey: false)
        : null;

    /// <summary>May look at this page, and what a form needs.</summary>
    public void Admit(PageVisitor visitor, bool post, Access posting, Access looking)
    {
        CallerGate.Demand(visitor.Caller, post ? posting : looking);
        gate.ActAs(visitor.Caller);
    }
}
