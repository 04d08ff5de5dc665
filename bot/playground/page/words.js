// The page's own words, Chinese and English; what the bot says is the bot's.

import { signal } from "./ui.js";

const WORDS = {
  title: ["督查机器人 · 演练场", "Inspection bot · playground"],
  connecting: ["正在连接…", "Connecting…"],
  lost: ["连接中断，正在重连…", "The line broke; reconnecting…"],
  joining: ["人员正在加入（{0}/{1}）…", "People are joining ({0}/{1})…"],
  joiningPlain: ["人员正在加入…", "People are joining…"],
  invitation: ["管理员邀请：点「新人」，把这条链接发给机器人", "The admin's invitation: add a newcomer and send this link to the bot"],
  exposed: ["此演练场不只本机可见", "This playground can be seen from other machines"],
  // the bar
  day: ["第 {0} 天", "Day {0}"], ofDays: ["共 {0} 天", "of {0}"],
  nextDue: ["下一件", "Next"], nothingDue: ["没有待到期的事", "nothing is due"],
  moveClock: ["拨快时钟", "Move the clock on"],
  hour: ["+1 小时", "+1 h"], reminder: ["到下一次提醒", "To the next reminder"], friday: ["到周五 09:55", "To Friday 09:55"],
  period: ["到旬末（8/18/28 日）", "To the 8th/18th/28th"], moving: ["时钟正在走：{0}", "The clock is moving: {0}"], halt: ["停住", "Stop there"],
  stories: ["演示", "Stories"], faults: ["故障", "Faults"], newcomer: ["新人", "Newcomer"], addPhone: ["添手机", "Add phone"],
  help: ["说明与快捷键", "Help and shortcuts"], language: ["English", "中文"], more: ["更多", "More"],
  tongue: ["机器人用各人自己的语言说话：在那部手机上发 /language 更改。", "The bot speaks to each person in their own language: send /language on a phone to have it in English."],
  phones: ["手机", "Phones"], close: ["关闭", "Close"], ok: ["好", "OK"],
  // a phone
  phoneOf: ["手机 {0}：{1}", "Phone {0}: {1}"], closePhone: ["收起这部手机", "Put this phone away"],
  choosePerson: ["这部手机给谁用", "Whose phone this is"], search: ["查找姓名或单位", "Find a name or body"], nobody: ["没有这样的人", "Nobody like that"],
  chatsOf: ["会话", "Chats"], theBot: ["机器人", "The bot"], unread: ["{0} 条未读", "{0} unread"],
  inspectors: ["督查组", "Inspection groups"], covert: ["暗访组", "Covert group"], contacts: ["县区联系人", "County contacts"], townships: ["乡镇联系人", "Townships"],
  offices: ["攻坚办", "Offices"], above: ["市级", "City level"], admins: ["管理员", "Administrator"], others: ["其他人", "Others"],
  role_oversight: ["市「敢转争」办公室", "Oversight"], role_city_leader: ["市领导", "City leader"], role_admin: ["系统管理员", "Administrator"], role_none: ["还没有身份", "no role yet"],
  role_inspector: ["督查组", "Inspector"], role_contact: ["县区联系人", "Contact"], role_township: ["乡镇联系人", "Township"], role_office: ["攻坚办", "Office"],
  rooms: ["群和频道", "Group chats and channels"], groupChat: ["群聊", "Group chat"], channel: ["频道", "Channel"], seenBy: ["以{0}的身份看", "as seen by {0}"],
  messages: ["消息", "Messages"], empty: ["还没有消息", "No messages yet"], loading: ["正在读取…", "Loading…"], earlier: ["更早的消息", "Earlier messages"],
  toEnd: ["到最新一条", "To the newest"], newBelow: ["{0} 条新消息", "{0} new"], isTyping: ["正在输入…", "typing…"],
  pinned: ["置顶消息", "Pinned message"], edited: ["已编辑", "edited"], silent: ["无声", "silent"], protected: ["禁止转发", "no forwarding"],
  forwardedFrom: ["转发自 {0}", "Forwarded from {0}"], someone: ["某人", "somebody"],
  blockedHere: ["已停用机器人", "The bot is blocked"], unblock: ["重新启用", "Unblock"],
  readOnly: ["只有管理员能在频道发言", "Only administrators write in a channel"],
  // service messages
  joined: ["{0} 加入", "{0} came in"], left: ["{0} 离开", "{0} left"], pinnedIt: ["置顶了一条消息", "A message was pinned"], renamed: ["群名改为「{0}」", "The group is now «{0}»"],
  service: ["系统消息", "Service message"],
  // acts on a message
  actsOn: ["对这条消息", "This message"], reply: ["回复", "Reply"], edit: ["编辑", "Edit"], forward: ["转发", "Forward"], copy: ["复制文字", "Copy the text"],
  pin: ["置顶", "Pin"], remove: ["删除", "Delete"], forwardTo: ["转发到", "Forward to"], thumbsUp: ["点赞", "Thumbs up"],
  replyingTo: ["回复：{0}", "Reply to: {0}"], editing: ["编辑：{0}", "Editing: {0}"], noReply: ["不回复了", "No reply"],
  // the composer
  write: ["写消息", "Write a message"], send: ["发送", "Send"], samples: ["样张照片", "Sample photographs"], attach: ["照片和文件", "Photos and files"],
  fromComputer: ["从电脑选照片…", "Photos from this computer…"], fileFromComputer: ["从电脑选文件（原图）…", "Files from this computer…"],
  location: ["位置", "Location"], commands: ["命令", "Commands"], keys: ["常用词", "Quick words"], asFile: ["作为文件发送（保留原图）", "Send as files (originals)"],
  picked: ["已选 {0} 个", "{0} chosen"], putBack: ["拿掉 {0}", "Take out {0}"], dropHere: ["松手即加入", "Drop to add"], noCommands: ["没有命令", "No commands"],
  shareLocation: ["发送位置", "Share a location"], latitude: ["纬度", "Latitude"], longitude: ["经度", "Longitude"],
  gridHint: ["在图上点一下，或用方向键移动；也可以直接填写。", "Click on the grid or move with the arrow keys; or type the numbers."], grid: ["位置网格", "Grid of positions"], sendThis: ["发送这个位置", "Send this position"],
  // files
  photo: ["照片", "Photo"], document: ["文件", "File"], video: ["视频", "Video"], voice: ["语音", "Voice"], contact: ["名片", "Contact"], download: ["下载", "Download"],
  enlarge: ["放大照片", "Enlarge the photo"], previous: ["上一张", "Previous"], next: ["下一张", "Next"],
  // stories and faults
  storiesAbout: ["按步骤看一件事怎么办完；每一步都由真实的机器人处理。", "See one matter through, step by step; the real bot does the work."],
  nextStep: ["下一步", "Next step"], playAll: ["连续播放", "Play all"], pause: ["暂停", "Pause"], stop: ["停止", "Stop"], restart: ["从头再来", "From the start"],
  step: ["第 {0}/{1} 步", "Step {0}/{1}"], steps: ["{0} 步", "{0} steps"], finished: ["演示结束", "The story is over"], allStories: ["全部演示", "All stories"], noStories: ["没有可演示的内容", "There are no stories"],
  faultsAbout: ["看看出错时会怎样：数据不丢、不重。", "See what happens when things break: nothing is lost, nothing doubled."],
  network: ["断开网络", "Drop the network"], networkAbout: ["机器人连不上 Telegram；恢复后自动补发", "The bot cannot reach Telegram; afterwards it catches up"],
  flood: ["返回 429", "Answer 429"], floodAbout: ["Telegram 要求慢一点；消息排队等候", "Telegram asks for patience; messages wait in line"],
  kill: ["强行结束机器人", "Kill the bot"], killAbout: ["等同 kill -9；收到的消息留在服务器上", "As by kill -9; messages wait on the server"],
  restartBot: ["启动机器人", "Start the bot"], poller: ["第二个程序抢收", "A second poller"], pollerAbout: ["另一个程序用同一令牌收消息，Telegram 答 409", "Another program uses the same token; Telegram answers 409"],
  heal: ["全部恢复", "Heal everything"], block: ["停用机器人", "Block the bot"], blockAbout: ["这部手机的人停用了机器人", "The owner of this phone has blocked the bot"],
  botIs: ["机器人：{0}", "The bot: {0}"], running: ["运行中", "running"], down: ["已停", "down"], starting: ["正在启动", "starting"],
  givesWay: ["机器人让给另一个程序，暂时收不到消息", "The bot gives way to the other program and hears nothing"],
  waits: ["机器人还在等，最多 {0} 秒后再收消息；「全部恢复」立即再收", "The bot still waits, {0} s at most; «Heal everything» lets it hear at once"],
  noFaults: ["此服务器不提供故障开关", "This server offers no faults"], conflicts: ["已答 409 共 {0} 次", "{0} × 409 so far"], starts: ["启动 {0} 次", "started {0} ×"],
  // dialogs
  newcomerTitle: ["一位新人", "A newcomer"], newcomerAbout: ["新人还没有身份；把邀请链接发给机器人即可加入。", "A newcomer has no role yet; the invitation link, sent to the bot, lets them in."],
  name: ["姓名", "Name"], addThem: ["加入", "Add"],
  shortcuts: ["快捷键", "Shortcuts"], helpAbout: ["一个人扮演所有人：每部手机换成谁都行，消息走真实的 Bot API，时钟由您拨。", "One person plays everybody: each phone can be anyone's, messages take the real Bot API, the clock is yours."],
  keyPhone: ["到第 1–4 部手机", "to phone 1–4"], keyStories: ["演示", "stories"], keyFaults: ["故障", "faults"], keyClock: ["时钟", "the clock"], keyNextStep: ["演示的下一步", "next step of the story"],
  keySend: ["发送；Shift+Enter 换行", "send; Shift+Enter for a new line"], keyEdit: ["空白时：修改自己上一条", "in an empty box: edit one's last message"],
  keyMessages: ["在消息间移动；Tab 到这条的按钮", "move between messages; Tab reaches a message's buttons"], keyActs: ["对这条消息的操作", "what can be done with it"],
  keyReply: ["回复 · 编辑 · 转发", "reply · edit · forward"], keyEscape: ["关闭窗口、取消回复", "close, cancel a reply"], keySlash: ["命令列表", "list of commands"], keyHelp: ["本页", "this page"],
};

const STORE = "playground.language";
const asked = new URLSearchParams(location.search).get("lang") || kept();
export const lang = signal(["zh", "en"].includes(asked) ? asked : "zh");

function kept() { try { return localStorage.getItem(STORE); } catch { return null; } }

export function speak(language) {
  lang.value = language;
  try { localStorage.setItem(STORE, language); } catch { /* private mode: the choice holds until the page is closed */ }
}

export function t(key, ...values) {
  const words = WORDS[key][lang.value === "zh" ? 0 : 1];
  return values.length ? words.replace(/\{(\d)\}/g, (_, index) => values[index]) : words;
}

// 「这部手机给谁用：李组长」, or «Whose phone this is: …»
export const colon = (what, value) => (lang.value === "zh" ? `${what}：${value}` : `${what}: ${value}`);

// {"zh", "en"} from the server
export const either = (both) => (both ? both[lang.value] || both.zh || "" : "");
