namespace Leaks;

/// <summary>Calls that wait for answers which never come.</summary>
internal static class Desk
{
    public static async Task AnswerAsync(Task question)
    {
        var draft = new byte[1_000];
        await question;
        GC.KeepAlive(draft);
    }
}
