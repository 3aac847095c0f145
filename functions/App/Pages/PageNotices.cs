using LdapSync.AdminPages.Frame;
using Microsoft.AspNetCore.Http;

namespace LdapSync.App.Pages;

/// <summary>What a page says about the form before it. The address carries a word, never a text.</summary>
internal static class PageNotices
{
    public static Notice? Of(HttpRequest request) => request.Query["done"].ToString() switch
    {
        "saved" => new Notice(NoticeKind.Good, "Saved."),
        "saved-started" => new Notice(NoticeKind.Good, "Saved, and a synchronization has started."),
        "saved-running" => new Notice(NoticeKind.Warning, "Saved. A synchronization was running already; this is it. The new settings count from the next one on."),
        "paused" => new Notice(NoticeKind.Good, "Paused: no synchronization starts by itself until the schedule is resumed."),
        "resumed" => new Notice(NoticeKind.Good, "The schedule goes on, and a synchronization has started."),
        "webhook-called" => new Notice(NoticeKind.Good, "The webhook was called and has taken the message."),
        "imported" => new Notice(NoticeKind.Good, "Imported. The groups' people become members with the next synchronization.", Paths.Root, "To the overview"),
        "created" => new Notice(NoticeKind.Good, "Created."),
        "removed" => new Notice(NoticeKind.Good, "Removed."),
        "linked" => new Notice(NoticeKind.Good, "Linked. The group's people become members with the next synchronization.", Paths.Root, "To the overview"),
        "unlinked" => new Notice(NoticeKind.Good, "Unlinked."),
        "bound" => new Notice(NoticeKind.Good, "Bound. From the next synchronization on this user follows the directory."),
        "unbound" => new Notice(NoticeKind.Good, "Unbound."),
        "running" => new Notice(NoticeKind.Warning, "A synchronization was running already; this is it."),
        "approved" => new Notice(NoticeKind.Good, "Approved: exactly this plan is applied."),
        "rejected" => new Notice(NoticeKind.Good, "Rejected: nothing was changed."),
        "cancelled" => new Notice(NoticeKind.Good, "The run is told to stop; it does so at its next step."),
        "answered" => new Notice(NoticeKind.Good, "Answered; runs remember it. It takes effect with the next synchronization.", Paths.Root, "To the overview"),
        "withdrawn" => new Notice(NoticeKind.Good, "The answer is taken back; the next run decides anew."),
        "protected" => new Notice(NoticeKind.Good, "Protected: no synchronization deactivates this user."),
        "unprotected" => new Notice(NoticeKind.Good, "No longer protected."),
        "signed-out" => new Notice(NoticeKind.Good, "You are signed out."),
        _ => null,
    };
}
