using LlmCascade.Persistence;
using Xunit;

namespace LlmCascade.Tests.Persistence;

public sealed class CheckpointFileTests
{
    [Fact]
    public void Cancelled_while_it_is_written_the_new_content_vanishes_and_the_former_stays()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("learned");
        var file = new CheckpointFile(path, TimeProvider.System);
        file.Replace("former"u8, CancellationToken.None);

        Assert.Throws<OperationCanceledException>(() => file.Replace("new"u8, new CancellationToken(canceled: true)));

        Assert.Equal("former"u8, file.Read()!);
        Assert.Equal(path, Assert.Single(folder.Files));
    }
}
