namespace CrmPortal.Core.Chats;

/// <summary>The steps from which queries of chats are built.</summary>
internal static class ChatQueries
{
    /// <summary>Those that go on: few, and in an index of their own, which is only used where a condition says just this.</summary>
    public static IQueryable<Chat> Open(this IQueryable<Chat> chats) =>
        chats.Where(c => c.State == ChatState.Waiting || c.State == ChatState.Active);
}
