namespace CrmPortal.Api;

/// <summary>What a request is answered with, and its JSON, which was needed before the answer is sent and is not written twice.</summary>
internal sealed record WrittenAnswer(object Value, byte[] Json)
{
    /// <summary>The JSON of this very answer, or null where it was not written yet.</summary>
    public static byte[]? Of(HttpContext http, object? value) =>
        http.Items.TryGetValue(typeof(WrittenAnswer), out var item) && item is WrittenAnswer written
            && ReferenceEquals(written.Value, value) ? written.Json : null;
}
